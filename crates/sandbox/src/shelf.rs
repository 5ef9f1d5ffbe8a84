//! A collection of objects in the order they were made, found by id.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

/// What can stand on a [`Shelf`].
pub trait Kept {
    /// The object's id, unique on its shelf.
    fn id(&self) -> &str;
}

/// Objects in order of creation, with an index by id. Nothing is ever removed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "Vec<T>", into = "Vec<T>", bound(serialize = "T: Kept + Clone + Serialize"))]
#[serde(bound(deserialize = "T: Kept + Deserialize<'de>"))]
pub struct Shelf<T> {
    items: Vec<T>,
    index: HashMap<String, usize>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { items: Vec::new(), index: HashMap::new() }
    }
}

impl<T: Kept> From<Vec<T>> for Shelf<T> {
    fn from(items: Vec<T>) -> Self {
        let index = items.iter().enumerate().map(|(at, item)| (item.id().to_owned(), at)).collect();
        Self { items, index }
    }
}

impl<T> From<Shelf<T>> for Vec<T> {
    fn from(shelf: Shelf<T>) -> Self {
        shelf.items
    }
}

impl<T: Kept> Shelf<T> {
    /// Puts an object at the end.
    pub fn add(&mut self, item: T) {
        self.index.insert(item.id().to_owned(), self.items.len());
        self.items.push(item);
    }

    /// The object with this id.
    pub fn get(&self, id: &str) -> Option<&T> {
        self.index.get(id).map(|at| &self.items[*at])
    }

    /// The object with this id, to change it.
    pub fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        self.index.get(id).map(|at| &mut self.items[*at])
    }

    /// All of them, oldest first.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.items.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }
}
