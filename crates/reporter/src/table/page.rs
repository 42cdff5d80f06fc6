//! Lines on a page: wrapped, indented, and coloured if asked.

use std::io::{self, Write};

use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};
use palisade_rules::Severity;

/// The room left of everything that belongs to a rule; the longest severity and two blanks fit in.
pub(super) const MARGIN: u16 = 10;

/// How a piece of text stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Strong,
    Faint,
    Good,
    Severity(Severity),
}

impl Style {
    /// The parameters of ANSI's "select graphic rendition".
    fn codes(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Strong => "1",
            Self::Faint => "2",
            Self::Good => "1;32",
            Self::Severity(Severity::Critical) => "1;97;41",
            Self::Severity(Severity::High) => "1;31",
            Self::Severity(Severity::Medium) => "1;33",
            Self::Severity(Severity::Low) => "1;36",
            Self::Severity(Severity::Info) => "1;34",
        }
    }
}

/// Takes the lines.
pub(super) struct Page<'a> {
    pub(super) out: &'a mut dyn Write,
    pub(super) width: u16,
    pub(super) colours: bool,
}

impl Page<'_> {
    fn painted(&self, style: Style, text: &str) -> String {
        if self.colours && style != Style::Plain && !text.is_empty() {
            format!("\u{1b}[{}m{text}\u{1b}[0m", style.codes())
        } else {
            text.to_owned()
        }
    }

    /// A line that is not wrapped.
    pub(super) fn line(&mut self, style: Style, text: &str) -> io::Result<()> {
        let painted = self.painted(style, text);
        writeln!(self.out, "{painted}")
    }

    /// Nothing but the end of a line.
    pub(super) fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// A heading across the page.
    pub(super) fn heading(&mut self, text: &str) -> io::Result<()> {
        let rule = "─".repeat(usize::from(self.width).saturating_sub(text.chars().count() + 4));
        let text = self.painted(Style::Strong, text);
        let (left, right) = (self.painted(Style::Faint, "──"), self.painted(Style::Faint, &rule));
        writeln!(self.out, "{left} {text} {right}")
    }

    /// A label in the margin and a wrapped text beside it.
    pub(super) fn labelled(&mut self, label: (Style, &str), style: Style, text: &str) -> io::Result<()> {
        let mut label = Some(label);
        for line in wrapped(text, self.width.saturating_sub(MARGIN)) {
            let (label_style, label) = label.take().unwrap_or((Style::Plain, ""));
            let space = " ".repeat(usize::from(MARGIN).saturating_sub(label.chars().count()));
            let (label, line) = (self.painted(label_style, label), self.painted(style, &line));
            writeln!(self.out, "{label}{space}{line}")?;
        }
        Ok(())
    }

    /// Columns beside the margin.
    pub(super) fn columns(&mut self, header: &[&str], rows: Vec<Vec<String>>) -> io::Result<()> {
        let mut table = Table::new();
        table
            .load_style(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(self.width.saturating_sub(MARGIN));
        if !header.is_empty() {
            table.set_header(header.to_vec());
        }
        table.add_rows(rows);
        let widest = (self.width.saturating_sub(MARGIN)) / 3;
        let widths = table.column_max_content_widths();
        for (column, content) in table.column_iter_mut().zip(widths) {
            column.set_padding((0, 2));
            // Short columns, names above all, are not broken for the sake of long ones.
            if content <= widest {
                column.set_constraint(ColumnConstraint::ContentWidth);
            }
        }
        let margin = " ".repeat(usize::from(MARGIN));
        for (index, line) in table.lines().enumerate() {
            let style = if index == 0 && !header.is_empty() { Style::Faint } else { Style::Plain };
            let line = self.painted(style, line.trim_end());
            writeln!(self.out, "{margin}{line}")?;
        }
        Ok(())
    }

    /// A shell command beside the margin, broken where a shell lets one break it.
    pub(super) fn command(&mut self, command: &str) -> io::Result<()> {
        let margin = " ".repeat(usize::from(MARGIN));
        for line in broken_command(command, usize::from(self.width.saturating_sub(MARGIN))) {
            let line = self.painted(Style::Faint, &line);
            writeln!(self.out, "{margin}{line}")?;
        }
        Ok(())
    }
}

/// The text in lines of at most `width` columns.
pub(super) fn wrapped(text: &str, width: u16) -> Vec<String> {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width)
        .add_row([text]);
    for column in table.column_iter_mut() {
        column.set_padding((0, 0));
    }
    table.lines().map(|line| line.trim_end().to_owned()).collect()
}

/// Breaks a command at blanks outside quotes, with the backslash that makes the lines one command.
fn broken_command(command: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in shell_words(command) {
        let room = width.saturating_sub(line.chars().count() + 3);
        if !line.is_empty() && word.chars().count() > room {
            lines.push(format!("{line} \\"));
            line = "  ".to_owned();
        } else if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

/// The words of a command, quotes included.
fn shell_words(command: &str) -> Vec<&str> {
    let mut quote = None;
    let mut escaped = false;
    command
        .split(move |character| {
            let is_escaped = std::mem::take(&mut escaped);
            match (quote, character) {
                _ if is_escaped => {}
                (None | Some('"'), '\\') => escaped = true,
                (None, '\'' | '"') => quote = Some(character),
                (Some(open), _) if open == character => quote = None,
                _ => {}
            }
            quote.is_none() && !is_escaped && character == ' '
        })
        .filter(|word| !word.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_command_is_still_one_command() {
        let command = "aws s3api put-object --bucket 'a b' --tags 'one two  three' --region eu-west-1";
        let lines = broken_command(command, 40);
        assert!(lines.len() > 1);
        assert!(lines.iter().all(|line| line.chars().count() <= 40), "{lines:?}");
        let joined = lines.join("\n").replace(" \\\n  ", " ");
        assert_eq!(joined, command);
    }

    #[test]
    fn quotes_and_escapes_hold_words_together() {
        assert_eq!(shell_words(r"a 'b c'\''d e' f"), ["a", r"'b c'\''d e'", "f"]);
        assert_eq!(shell_words(r#"a "b \" c" d"#), ["a", r#""b \" c""#, "d"]);
        assert_eq!(shell_words(r"a\ b c"), [r"a\ b", "c"]);
    }

    #[test]
    fn text_wraps_at_the_width() {
        let lines = wrapped("one two three four five six seven", 10);
        assert!(lines.len() > 3 && lines.iter().all(|line| line.chars().count() <= 10), "{lines:?}");
    }
}
