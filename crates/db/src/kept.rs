//! Statements written by hand that a connection keeps prepared.

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::Untyped;

/// A statement that a connection prepares once. Diesel keeps what it writes itself; of `diesel::sql_query` it cannot know that the
/// text is always the same, so it has it parsed, planned and forgotten at each call, which is a round trip more.
#[derive(Debug, Clone, Copy)]
#[must_use = "a statement does nothing until it is executed or loaded"]
pub struct Kept<Q>(Q);

/// [`Keep::kept`], for `diesel::sql_query` with its values bound.
pub trait Keep: Query<SqlType = Untyped> + Sized {
    /// Has the connection keep the statement prepared. For texts of which there are only a few: each is kept until the
    /// connection ends.
    fn kept(self) -> Kept<Self> {
        Kept(self)
    }
}

impl<Q: Query<SqlType = Untyped>> Keep for Q {}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Kept<Q> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _: &Pg) -> QueryResult<bool> {
        Ok(true)
    }
}

/// Told apart by their text.
impl<Q> QueryId for Kept<Q> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q> Query for Kept<Q> {
    type SqlType = Untyped;
}
