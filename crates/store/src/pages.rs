//! Pages of lists: the order of their rows, and where a page begins in it.

use chrono::NaiveDate;
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, Select,
    prelude::{Expr, Uuid},
};

/// The rows after a place in the order of their identifiers; or by day and then by identifier, where a day is ordered by. An index
/// of the same columns is walked along, wherever the page begins.
pub(crate) fn by_day<E: EntityTrait>(
    query: Select<E>,
    day: Option<E::Column>,
    id: E::Column,
    after: Option<(NaiveDate, Uuid)>,
) -> Select<E> {
    let query = match (day, after) {
        (None, None) | (Some(_), None) => query,
        (None, Some((_, after))) => query.filter(id.gt(after)),
        (Some(day), Some((on, after))) => {
            let place = Expr::tuple([Expr::col(day.as_column_ref()), Expr::col(id.as_column_ref())]);
            query.filter(place.gt(Expr::tuple([Expr::val(on), Expr::val(after)])))
        }
    };
    match day {
        Some(day) => query.order_by_asc(day).order_by_asc(id),
        None => query.order_by_asc(id),
    }
}
