//! Images that a lifecycle policy should have expired by now.

use jiff::Timestamp;
use palisade_snapshot::{Image, ImageSummary, OldestImages};

use super::Rule;
use crate::clock::days_since;
use crate::facts;

facts! {
    /// What a lifecycle policy should have expired and did not, as far as that can be told: ECR lists which images a
    /// repository holds, not which of them an index points to, and of many images only the oldest are looked at.
    pub struct LifecycleBacklog as "lifecycle_backlog" {
        /// The image that should have been expired for the longest time; null if there is none for certain.
        overdue: Option<OverdueImage>, reads [];
        /// For how many days, at most, an image should have been expired of which nobody can tell; 0 if there is none.
        undecided_days: i64, reads [];
    }
}

facts! {
    /// An image that a lifecycle policy should have expired.
    pub struct OverdueImage as "overdue_image" {
        /// Its digest.
        digest: String, reads [];
        /// Its tags.
        tags: Vec<String>, reads [];
        /// The priority of the rule that selects it.
        priority: i64, reads [];
        /// For how many days it should have been gone.
        days: i64, reads [];
    }
}

/// Since when something is overdue.
enum Due {
    /// It is not.
    NotYet,
    /// For so many days.
    For(i64),
    /// Nobody can tell; if it is, for so many days at most.
    Perhaps(i64),
}

/// What `rules`, by priority, should have expired of a repository's images.
pub(super) fn of(
    rules: &[Rule],
    summary: &ImageSummary,
    oldest: &OldestImages,
    now: Timestamp,
) -> LifecycleBacklog {
    let repository = Repository { rules, summary, oldest, now };
    let mut backlog = LifecycleBacklog { overdue: None, undecided_days: repository.unseen() };
    for image in &oldest.first {
        let tags: Vec<&str> = image.tags.iter().map(String::as_str).collect();
        let Some(rule) = repository.active().find(|rule| rule.selects(&tags)) else { continue };
        match repository.due(rule, image) {
            Due::NotYet => {}
            Due::For(days) => {
                if backlog.overdue.as_ref().is_none_or(|most| most.days < days) {
                    let tags = image.tags.clone();
                    let (digest, priority) = (image.digest.clone(), rule.rule_priority);
                    backlog.overdue = Some(OverdueImage { digest, tags, priority, days });
                }
            }
            Due::Perhaps(days) => backlog.undecided_days = backlog.undecided_days.max(days),
        }
    }
    backlog
}

struct Repository<'a> {
    rules: &'a [Rule],
    summary: &'a ImageSummary,
    oldest: &'a OldestImages,
    now: Timestamp,
}

impl Repository<'_> {
    /// The rules about images that are not archived.
    fn active(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(|rule| rule.selection.storage_class != "archive")
    }

    /// Whether an image is overdue by the rule that decides about it: the first that selects it ("How lifecycle
    /// policies work" in the ECR User Guide).
    fn due(&self, rule: &Rule, image: &Image) -> Due {
        if !rule.expires() {
            return Due::NotYet;
        }
        let age = days_since(image.standing_since(), self.now);
        let due = match rule.selection.count_type.as_str() {
            "sinceImagePushed" => Due::For(age - rule.selection.count_number),
            "imageCountMoreThan" => self.crowded_out(rule, image),
            _ => Due::Perhaps(age),
        };
        match due {
            Due::For(days) if days <= 0 => Due::NotYet,
            // What an index points to stays as long as the index does.
            Due::For(days) if self.summary.indexes > 0 && !image.index => Due::Perhaps(days),
            due => due,
        }
    }

    /// Whether a rule that keeps the newest images has too many newer ones. It counts all that fit its tags, those
    /// too about which a rule before it decides, and artifacts, whose tags nobody kept.
    fn crowded_out(&self, rule: &Rule, image: &Image) -> Due {
        let Ok(kept) = usize::try_from(rule.selection.count_number) else {
            return Due::Perhaps(days_since(image.standing_since(), self.now));
        };
        if self.all_are_kept(rule) {
            return Due::NotYet;
        }
        if !self.is_whole() || self.summary.artifacts > 0 {
            return Due::Perhaps(days_since(image.standing_since(), self.now));
        }
        let fits = |one: &&Image| {
            let tags: Vec<&str> = one.tags.iter().map(String::as_str).collect();
            rule.selects(&tags)
        };
        let newer =
            self.oldest.first.iter().filter(fits).skip_while(|one| one.digest != image.digest).skip(1);
        // It was one too many when the last of those that are kept before it was pushed.
        let crowding = kept.checked_sub(1).map_or(Some(image), |last| newer.clone().nth(last));
        crowding.map_or(Due::NotYet, |one| Due::For(days_since(one.standing_since(), self.now)))
    }

    fn all_are_kept(&self, rule: &Rule) -> bool {
        let all = self.oldest.count.saturating_add(self.summary.artifacts);
        u64::try_from(rule.selection.count_number).is_ok_and(|kept| all <= kept)
    }

    /// Whether every image is among the oldest.
    fn is_whole(&self) -> bool {
        self.oldest.first.len() as u64 >= self.oldest.count
    }

    /// For how long, at most, an image is overdue that is not among the oldest.
    fn unseen(&self) -> i64 {
        let Some(last) = self.oldest.first.last().filter(|_| !self.is_whole()) else { return 0 };
        let age = days_since(last.standing_since(), self.now);
        let expiring = self.active().filter(|rule| rule.expires());
        let most = expiring.map(|rule| match rule.selection.count_type.as_str() {
            "sinceImagePushed" => age - rule.selection.count_number,
            "imageCountMoreThan" if self.all_are_kept(rule) => 0,
            _ => age,
        });
        most.max().unwrap_or(0).max(0)
    }
}
