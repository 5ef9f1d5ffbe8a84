//! Does the database look as a service's hand-written diesel tables say?

use std::any::type_name;
use std::collections::BTreeMap;

use diesel::query_source::{Column, Table};
use diesel::sql_types::{Bool, Text};
use diesel_async::RunQueryDsl;

use super::TestDatabase;
use crate::connect::open_tool;
use crate::{DbError, Owner};

/// A table as diesel knows it.
#[derive(Debug)]
pub struct Shape {
    table: &'static str,
    columns: Vec<(&'static str, Kind)>,
    partly: bool,
}

/// The type of a column, in PostgreSQL's words.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Kind {
    name: String,
    nullable: bool,
}

impl Shape {
    /// The shape of a `diesel::table!`.
    pub fn of<T: Table<AllColumns: Columns>>() -> Self {
        // `service::schema::events::table`: diesel offers no other way to a table's name.
        let table = type_name::<T>().rsplit("::").nth(1).unwrap_or_default();
        Self { table, columns: T::AllColumns::kinds(), partly: false }
    }

    /// The database may have columns of which diesel knows nothing.
    pub fn partly(mut self) -> Self {
        self.partly = true;
        self
    }

    fn compare(&self, found: &BTreeMap<String, Kind>, differences: &mut Vec<String>) {
        let table = self.table;
        for (column, kind) in &self.columns {
            match found.get(*column) {
                None => differences.push(format!("{table}.{column} is not in the database")),
                Some(other) if other != kind => {
                    differences
                        .push(format!("{table}.{column} is {other} in the database, {kind} for diesel"));
                }
                Some(_) => {}
            }
        }
        let unknown = |column: &&String| !self.columns.iter().any(|(known, _)| known == column);
        let unknown = found.keys().filter(unknown).filter(|_| !self.partly);
        differences.extend(unknown.map(|column| format!("{table}.{column} is unknown to diesel")));
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.name, if self.nullable { "" } else { " not null" })
    }
}

impl Kind {
    fn of<SqlType>() -> Self {
        let full = type_name::<SqlType>();
        let inner = full.strip_prefix("diesel::sql_types::Nullable<").map(|rest| &rest[..rest.len() - 1]);
        Self { name: postgres_name(inner.unwrap_or(full)), nullable: inner.is_some() }
    }
}

/// `diesel::sql_types::BigInt` is `int8`. A type that is missing here fails the test that needs it, by its own name.
fn postgres_name(path: &str) -> String {
    if let Some((_, element)) = path.split_once("::Array<") {
        return format!("_{}", postgres_name(&element[..element.len() - 1]));
    }
    match path.rsplit("::").next().unwrap_or_default() {
        "BigInt" => "int8".to_owned(),
        "Integer" => "int4".to_owned(),
        "SmallInt" => "int2".to_owned(),
        "Double" => "float8".to_owned(),
        "Binary" => "bytea".to_owned(),
        other => other.to_ascii_lowercase(),
    }
}

/// The columns of a table.
pub trait Columns {
    #[doc(hidden)]
    #[expect(private_interfaces, reason = "implemented here alone, for every table that diesel can make")]
    fn kinds() -> Vec<(&'static str, Kind)>;
}

macro_rules! columns {
    ($first:ident $($rest:ident)*) => {
        impl<$first: Column, $($rest: Column),*> Columns for ($first, $($rest,)*) {
            #[expect(private_interfaces, reason = "see the trait")]
            fn kinds() -> Vec<(&'static str, Kind)> {
                vec![($first::NAME, Kind::of::<$first::SqlType>()), $(($rest::NAME, Kind::of::<$rest::SqlType>())),*]
            }
        }
        columns!($($rest)*);
    };
    () => {};
}
columns!(A B C D E F G H I J K L M N O P Q R S T U V W X Y Z Aa Ab Ac Ad Ae Af);

#[derive(diesel::QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
}

/// Where a schema differs from the database, a sentence each. `source` is the text of the schema's file: a table in it
/// that is not among the shapes is a difference too.
pub async fn differences(
    database: &TestDatabase,
    owner: Owner,
    source: &str,
    shapes: &[Shape],
) -> Result<Vec<String>, DbError> {
    let mut conn = open_tool(&database.admin_url()).await?;
    let found: Vec<Found> = diesel::sql_query(
        "SELECT table_name::text, column_name::text, udt_name::text AS kind, is_nullable = 'YES' AS nullable
           FROM information_schema.columns WHERE table_schema = $1",
    )
    .bind::<Text, _>(owner.name())
    .load(&mut conn)
    .await?;
    let mut tables: BTreeMap<String, BTreeMap<String, Kind>> = BTreeMap::new();
    for one in found {
        let kind = Kind { name: one.kind, nullable: one.nullable };
        tables.entry(one.table_name).or_default().insert(one.column_name, kind);
    }
    let mut differences = Vec::new();
    for shape in shapes {
        match tables.get(shape.table) {
            Some(found) => shape.compare(found, &mut differences),
            None => differences.push(format!("the database has no table {}", shape.table)),
        }
    }
    let written = source.lines().filter(|line| line.trim() == "diesel::table! {").count();
    if written != shapes.len() {
        differences.push(format!("{written} tables are written, {} were compared", shapes.len()));
    }
    Ok(differences)
}

#[cfg(test)]
mod tests {
    use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz};

    use super::Kind;

    #[test]
    fn diesels_types_have_postgresqls_names() {
        assert_eq!(Kind::of::<BigInt>().to_string(), "int8 not null");
        assert_eq!(Kind::of::<Nullable<Timestamptz>>().to_string(), "timestamptz");
        assert_eq!(Kind::of::<Nullable<Array<Text>>>().to_string(), "_text");
    }
}
