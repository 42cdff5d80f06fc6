//! Something for some of the nodes, by their places: a search looks it up far more often than there are nodes.

use super::node::NodeIndex;
use super::search::NEW;

/// Something for some of the nodes, the administrator whom somebody makes among them.
#[derive(Debug, Clone)]
pub(super) struct NodeMap<T> {
    placed: Vec<Option<T>>,
    new: Option<T>,
}

/// Some of the nodes.
pub(super) type NodeSet = NodeMap<()>;

impl<T> Default for NodeMap<T> {
    fn default() -> Self {
        Self { placed: Vec::new(), new: None }
    }
}

impl<T> NodeMap<T> {
    /// What there is for a node.
    pub(super) fn get(&self, node: NodeIndex) -> Option<&T> {
        match node {
            NEW => self.new.as_ref(),
            placed => self.placed.get(placed)?.as_ref(),
        }
    }

    pub(super) fn contains(&self, node: NodeIndex) -> bool {
        self.get(node).is_some()
    }

    /// Puts something in place of what there was; says whether there was nothing.
    pub(super) fn insert(&mut self, node: NodeIndex, value: T) -> bool {
        let place = match node {
            NEW => &mut self.new,
            placed => {
                self.placed.resize_with(self.placed.len().max(placed + 1), || None);
                let Some(place) = self.placed.get_mut(placed) else { return false };
                place
            }
        };
        place.replace(value).is_none()
    }

    pub(super) fn get_mut(&mut self, node: NodeIndex) -> Option<&mut T> {
        match node {
            NEW => self.new.as_mut(),
            placed => self.placed.get_mut(placed)?.as_mut(),
        }
    }

    /// All there is, by the places of the nodes.
    pub(super) fn iter(&self) -> impl Iterator<Item = (NodeIndex, &T)> {
        let placed = self.placed.iter().enumerate().filter_map(|(node, value)| Some((node, value.as_ref()?)));
        placed.chain(self.new.iter().map(|value| (NEW, value)))
    }

    /// The nodes that there is something for, by their places.
    pub(super) fn nodes(&self) -> impl Iterator<Item = NodeIndex> {
        self.iter().map(|(node, _)| node)
    }
}

impl<T> FromIterator<(NodeIndex, T)> for NodeMap<T> {
    fn from_iter<I: IntoIterator<Item = (NodeIndex, T)>>(items: I) -> Self {
        let mut map = Self::default();
        for (node, value) in items {
            map.insert(node, value);
        }
        map
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_holds_what_was_put_in_by_place() {
        let mut map: NodeMap<&str> = [(NEW, "new"), (70, "seventy"), (2, "two")].into_iter().collect();
        assert_eq!(map.iter().collect::<Vec<_>>(), [(2, &"two"), (70, &"seventy"), (NEW, &"new")]);
        assert_eq!(
            (map.get(2), map.get(3), map.get(71), map.get(NEW)),
            (Some(&"two"), None, None, Some(&"new"))
        );
        assert!(!map.insert(2, "deux") && map.insert(3, "trois"));
        *map.get_mut(3).unwrap() = "drei";
        assert_eq!(map.get_mut(4), None);
        assert_eq!(map.nodes().collect::<Vec<_>>(), [2, 3, 70, NEW]);
        assert!(map.contains(3) && !map.contains(4));
    }
}
