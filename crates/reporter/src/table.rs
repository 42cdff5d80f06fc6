//! For people: worst first, grouped by rule. The first line says who is administrator and what is
//! public; the last one what could not be read. Only what is shown is kept, the rest is counted.

mod gathered;
mod page;
mod sections;
mod text;

use std::io::{self, Write};

use palisade_rules::{Coverage, Run, Summary};

use crate::format::{Ready, for_another_format};
use crate::{Format, Look, Presented};
use gathered::Gathered;
use page::Page;

/// Gathers the findings of an account, and writes when it has seen them all.
pub(crate) struct Table<'a> {
    page: Page<'a>,
    resources_per_rule: usize,
    accounts: u64,
    run: Option<Run>,
    gathered: Gathered,
}

impl<'a> Table<'a> {
    pub(crate) fn new(out: &'a mut dyn Write, look: Look) -> Self {
        Self {
            page: Page { out, width: look.width, colours: look.colours },
            resources_per_rule: look.resources_per_rule,
            accounts: 0,
            run: None,
            gathered: Gathered::default(),
        }
    }
}

impl Format for Table<'_> {
    fn begin(&mut self, run: &Run) -> io::Result<()> {
        self.run = Some(run.clone());
        self.gathered = Gathered::default();
        Ok(())
    }

    fn finding(&mut self, finding: Presented) -> io::Result<()> {
        match finding.0 {
            Ready::Finding(finding) => self.gathered.take(&finding, self.resources_per_rule),
            Ready::Bytes(_) => return Err(for_another_format()),
        }
        Ok(())
    }

    fn end(&mut self, coverage: &Coverage, summary: &Summary) -> io::Result<()> {
        let gathered = std::mem::take(&mut self.gathered);
        let Some(run) = self.run.take() else { return Ok(()) };
        if self.accounts > 0 {
            self.page.blank()?;
            self.page.blank()?;
        }
        self.accounts += 1;
        let page = &mut self.page;
        sections::first_line(page, &run, &summary.headline)?;
        sections::about(page, &run, coverage)?;
        sections::fails(page, &gathered)?;
        sections::manuals(page, &gathered)?;
        sections::unknowns(page, &gathered)?;
        sections::waived(page, &gathered)?;
        sections::others(page, &gathered)?;
        sections::numbers(page, summary)?;
        sections::last_line(page, coverage)
    }

    fn close(&mut self) -> io::Result<()> {
        self.page.out.flush()
    }
}
