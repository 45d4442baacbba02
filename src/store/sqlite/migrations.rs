//! The schema, migration by migration. A released migration never changes.

use std::sync::LazyLock;

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// Version, description and SQL of each file in `src/store/migrations`. Not `sqlx::migrate!`, because
/// that macro compiles SQLite a second time for the build host.
const STEPS: &[(i64, &str, &str)] = &[
    (1, "deliveries", include_str!("../migrations/0001_deliveries.sql")),
    (5, "replay", include_str!("../migrations/0005_replay.sql")),
    (10, "recall", include_str!("../migrations/0010_recall.sql")),
    (20, "rounds", include_str!("../migrations/0020_rounds.sql")),
    (30, "reminder ended", include_str!("../migrations/0030_reminder_ended.sql")),
    (50, "known guilds", include_str!("../migrations/0050_known_guilds.sql")),
    (60, "replay detail", include_str!("../migrations/0060_replay_detail.sql")),
];

pub(super) static MIGRATIONS: LazyLock<Migrator> = LazyLock::new(|| {
    let step = |(version, description, sql): &(i64, &'static str, &'static str)| {
        Migration::new(*version, (*description).into(), MigrationType::Simple, (*sql).into_sql_str(), false)
    };
    Migrator::with_migrations(STEPS.iter().map(step).collect())
});

/// The newest schema version that this program knows.
pub(super) fn newest_schema() -> i64 {
    STEPS.iter().map(|(version, ..)| *version).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[tokio::test]
    async fn the_list_is_what_the_folder_holds() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/migrations");
        let found = Migrator::new(folder).await.expect("the files are named as sqlx names them");
        let told = |migrator: &Migrator| -> Vec<_> {
            let steps = migrator.iter();
            steps.map(|step| (step.version, step.description.clone(), step.checksum.clone(), step.no_tx)).collect()
        };
        assert_eq!(told(&MIGRATIONS), told(&found));
    }
}
