//! Checks the dates of a person's life, and their offices.

use super::checker::{Checker, at_most, limits, moment};
use super::problem::{File, Report};
use super::types::{Life, Role};
use super::written::{WrittenPerson, WrittenRole};

impl Checker<'_> {
    /// A person's dates and offices. Reports impossible ones.
    pub(super) fn life(&self, person: &WrittenPerson, file: &File<'_>, report: &mut Report) -> Life {
        let mut life = Life {
            born: person.born.as_ref().and_then(|text| moment(text, file, report)),
            born_at: person.born_at.clone(),
            died: person.died.as_ref().and_then(|text| moment(text, file, report)),
            died_at: person.died_at.clone(),
            roles: Vec::new(),
        };
        if let (Some(born), Some(died), Some(text)) = (life.born, life.died, &person.died)
            && died.last_day() < born.first_day()
        {
            let wrong = "this death is before the birth".to_owned();
            report.at(file, text.span(), wrong, "Check both dates against the sources".to_owned());
        }
        life.roles = person.roles.iter().map(|role| self.role(role, &life, file, report)).collect();
        life
    }

    fn role(&self, written: &WrittenRole, life: &Life, file: &File<'_>, report: &mut Report) -> Role {
        at_most(&written.office, limits::OFFICE, "office", file, report);
        at_most(&written.of, limits::OFFICE, "name of whose office it is", file, report);
        let when = written.when.as_ref().and_then(|text| moment(text, file, report));
        if let (Some(when), Some(text)) = (when, &written.when) {
            let unborn = life.born.is_some_and(|born| when.last_day() < born.first_day());
            if unborn || life.died.is_some_and(|died| when.first_day() > died.last_day()) {
                let wrong = "this office was held before the birth or after the death".to_owned();
                report.at(file, text.span(), wrong, "Check the dates against the sources".to_owned());
            }
        }
        let cite = self.citations(&written.cite, file, report);
        Role { office: written.office.value().clone(), of: written.of.value().clone(), when, cite }
    }
}
