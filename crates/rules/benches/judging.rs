//! How many rules are evaluated per second: all built-in rules on buckets, facts included.
#![expect(clippy::unwrap_used, reason = "a benchmark that can't be set up has nothing to measure")]

use std::convert::{Infallible, identity};
use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use palisade_facts::{Declarations, Facts, Resource};
use palisade_rules::{Judging, RuleSet, Settings, judge};

#[path = "../tests/account/mod.rs"]
mod account;

const BUCKETS: u32 = 2_000;

fn judging(criterion: &mut Criterion) {
    let rules = RuleSet::built_in().unwrap();
    let on_buckets = rules.iter().filter(|rule| rule.kind.name == "s3.bucket").count();
    let shared = account::shared();
    let buckets: Vec<_> = (0..BUCKETS).map(|number| account::bucket(&format!("bucket-{number}"))).collect();
    let settings = Settings::default();
    let mut group = criterion.benchmark_group("judging");
    group.throughput(Throughput::Elements(u64::from(BUCKETS) * on_buckets as u64)).sample_size(10);
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        group.bench_function(format!("evaluations, {threads} threads"), |bencher| {
            bencher.iter_batched(
                || {
                    let resource =
                        |bucket: &palisade_snapshot::Bucket| Resource::Bucket(Box::new(bucket.clone()));
                    buckets.iter().map(resource).map(Ok::<_, Infallible>).collect::<Vec<_>>()
                },
                |resources| {
                    let facts = Facts::new(&shared, &Declarations::default());
                    let judging = Judging { rules: &rules, facts: &facts, settings: &settings, all: false };
                    let found = |finding| {
                        black_box(finding);
                        Ok::<_, Infallible>(())
                    };
                    pool.install(|| judge(judging, resources, Ok, identity, found)).unwrap()
                },
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
    criterion.bench_function("loading the built-in rules", |bencher| {
        bencher.iter(|| RuleSet::built_in().unwrap());
    });
}

criterion_group!(benches, judging);
criterion_main!(benches);
