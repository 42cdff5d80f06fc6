//! The accounts fill the emulator, and what is read back is what they say.

mod clients;

use palisade_emulator::{Account, Emulator, Sizes};

#[test]
fn every_fixture_fills_the_emulator() {
    for name in ["clean", "careless", "mixed"] {
        Emulator::with(Account::fixture(name).unwrap()).unwrap();
    }
}

#[tokio::test]
async fn a_generated_account_has_what_was_asked_for() {
    let emulator = Emulator::with(Account::generate(Sizes::MEDIUM)).unwrap();
    let iam = aws_sdk_iam::Client::new(&clients::configuration(&emulator));
    let mut pages = iam.get_account_authorization_details().into_paginator().send();
    let (mut users, mut roles, mut policies) = (0, 0, 0);
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        users += page.user_detail_list().len();
        roles += page.role_detail_list().len();
        policies += page.policies().len();
    }
    assert_eq!((users, roles, policies), (50, 25, 5));
    assert_eq!(emulator.proxy().counts()["iam:GetAccountAuthorizationDetails"], 1);
}
