//! Many rows in few statements, for what is loaded at once: the same rows as one by one, sealed the same.

use sea_orm::{ActiveModelTrait, EntityTrait, Iterable};

use crate::{InsertError, Reach, Store, StoreError, WriteTransaction, applications::application, persons::person};

/// Values in one statement. SQLite binds 32,766 at most and PostgreSQL 65,535; beyond some thousand neither gets faster.
const VALUES: usize = 8_000;

impl WriteTransaction {
    /// Stores rows of one table.
    pub(crate) async fn insert_all<A: ActiveModelTrait>(
        &self,
        rows: impl Iterator<Item = Result<A, StoreError>>,
    ) -> Result<(), InsertError> {
        let most = VALUES / <A::Entity as EntityTrait>::Column::iter().count().max(1);
        let mut rows = rows.peekable();
        while rows.peek().is_some() {
            let some = rows.by_ref().take(most).collect::<Result<Vec<A>, _>>()?;
            let inserted = A::Entity::insert_many(some).exec_without_returning(&self.0).await;
            inserted.map_err(InsertError::failed)?;
        }
        Ok(())
    }
}

impl Store {
    /// Whether nobody has stored a person or an application, in any municipality.
    ///
    /// # Errors
    /// What the database says.
    pub async fn is_empty(&self) -> Result<bool, StoreError> {
        let country = self.read(Reach::Country);
        let person = person::Entity::find().one(&country).await.map_err(StoreError::failed)?;
        let application = application::Entity::find().one(&country).await.map_err(StoreError::failed)?;
        Ok(person.is_none() && application.is_none())
    }
}
