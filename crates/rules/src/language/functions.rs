//! Every function of the language; there are no others. Each costs at most the size of its arguments.

use crate::pattern;

/// A function that rules may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// How it is written.
    pub form: &'static str,
    /// What it gives.
    pub doc: &'static str,
    pub(super) call: Call,
}

/// What a function does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    /// Asks something about each element of a list.
    Quantifier(Quantifier),
    /// The number of elements or characters.
    Size,
    /// Compares two texts.
    Text(TextTest),
    /// Changes a text.
    LowerAscii,
}

/// The ways to ask about the elements of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quantifier {
    All,
    Exists,
    ExistsOne,
    Filter,
}

/// The ways to compare two texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextTest {
    StartsWith,
    EndsWith,
    Contains,
    Like,
}

/// The functions of the rule language, in alphabetical order.
pub const FUNCTIONS: &[Function] = &[
    Function {
        name: "all",
        form: "list.all(x, condition)",
        doc: "Whether the condition holds for each element. An incomplete list can only answer false.",
        call: Call::Quantifier(Quantifier::All),
    },
    Function {
        name: "contains",
        form: "text.contains(part)",
        doc: "Whether the part occurs in the text.",
        call: Call::Text(TextTest::Contains),
    },
    Function {
        name: "endsWith",
        form: "text.endsWith(end)",
        doc: "Whether the text ends so.",
        call: Call::Text(TextTest::EndsWith),
    },
    Function {
        name: "exists",
        form: "list.exists(x, condition)",
        doc: "Whether the condition holds for some element. An incomplete list can only answer true.",
        call: Call::Quantifier(Quantifier::Exists),
    },
    Function {
        name: "exists_one",
        form: "list.exists_one(x, condition)",
        doc: "Whether the condition holds for exactly one element. An incomplete list can only answer false, \
              once two elements meet it.",
        call: Call::Quantifier(Quantifier::ExistsOne),
    },
    Function {
        name: "filter",
        form: "list.filter(x, condition)",
        doc: "The elements for which the condition holds. What can't be decided leaves the list incomplete.",
        call: Call::Quantifier(Quantifier::Filter),
    },
    Function {
        name: "like",
        form: "text.like(pattern)",
        doc: "Whether the whole text fits the pattern, in which `*` stands for any characters and `?` for one; \
              upper and lower case differ.",
        call: Call::Text(TextTest::Like),
    },
    Function {
        name: "lowerAscii",
        form: "text.lowerAscii()",
        doc: "The text with A to Z in lower case.",
        call: Call::LowerAscii,
    },
    Function {
        name: "size",
        form: "list.size() or size(list)",
        doc: "The number of elements of a list, or of characters of a text. Of an incomplete list it is known \
              to be at least the number of known elements, which decides comparisons such as `size(l) >= 2`.",
        call: Call::Size,
    },
    Function {
        name: "startsWith",
        form: "text.startsWith(beginning)",
        doc: "Whether the text begins so.",
        call: Call::Text(TextTest::StartsWith),
    },
];

impl TextTest {
    /// The answer for a text and its argument.
    pub(super) fn test(self, text: &str, argument: &str) -> bool {
        match self {
            Self::StartsWith => text.starts_with(argument),
            Self::EndsWith => text.ends_with(argument),
            Self::Contains => text.contains(argument),
            Self::Like => pattern::fits(text, argument),
        }
    }
}

impl TextTest {
    /// About how many steps the answer takes.
    pub(super) fn cost(self, text: &str, argument: &str) -> u64 {
        let (text, argument) = (text.len() as u64, argument.len() as u64);
        match self {
            Self::Like => text.saturating_mul(argument) / 16,
            Self::StartsWith | Self::EndsWith | Self::Contains => (text + argument) / 16,
        }
    }
}
