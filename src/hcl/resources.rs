//! The bodies of resources as values.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::ast::{HclBlock, HclBody, HclKind};
use super::evaluate::{HclEvaluator, HclResult};
use super::fault::{Weight, WrongHcl, quoted};
use super::names::is_about_terraform;
use super::scope::HclScope;
use super::value::{HclValue, ListKind, ObjectKind, UnknownWhy};
use crate::source::LayoutStretch;

/// What becomes of an attribute that has no value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Care {
    /// It is an error.
    Strict,
    /// It is not known: the resource decides nothing.
    Lenient,
}

/// Where a body is read.
#[derive(Clone, Copy)]
pub(super) struct ResourcePlace<'p> {
    /// What tells it from others, as `azurerm_route_table.a.route`.
    pub name: &'p str,
    pub at: LayoutStretch,
    pub care: Care,
    /// Whether it is the resource itself, with attributes that Terraform reads.
    pub is_top: bool,
}

/// The blocks of one kind, or why there may be others.
type Blocks = BTreeMap<Rc<str>, (LayoutStretch, Vec<HclValue>, Option<HclValue>)>;

impl HclEvaluator<'_> {
    /// What a body states, its blocks as lists of objects.
    pub(super) fn body(&mut self, body: &HclBody, place: ResourcePlace<'_>, scope: HclScope<'_>) -> HclResult {
        let mut entries = BTreeMap::new();
        let is_own = |name: &str| !(place.is_top && is_about_terraform(name));
        for attribute in body.attributes.iter().filter(|attribute| is_own(&attribute.name)) {
            let made = self.eval(&attribute.value, scope);
            let name = format!("{}.{}", place.name, attribute.name);
            let value = self.settled(made, &name, place.care)?;
            if !value.is_null() {
                entries.insert(Rc::clone(&attribute.name), value.or_at(attribute.value.at));
            }
        }
        let mut blocks = Blocks::new();
        for block in body.blocks.iter().filter(|block| is_own(&block.kind)) {
            self.block(block, place, scope, &mut blocks)?;
        }
        for (kind, (at, values, open)) in blocks {
            let value = match open {
                None => self.list(at, ListKind::List, values)?.at(at),
                Some(open) => open.at(at),
            };
            entries.insert(kind, value);
        }
        Ok(self.object(place.at, ObjectKind::Object, entries)?.at(place.at))
    }

    fn settled(&self, made: HclResult, name: &str, care: Care) -> HclResult {
        match made {
            Err(wrong) if care == Care::Lenient && wrong.weight != Weight::Missing => {
                Ok(HclValue::unknown(name, None, UnknownWhy::Deployed))
            }
            made => made,
        }
    }

    fn block(
        &mut self,
        block: &HclBlock,
        place: ResourcePlace<'_>,
        scope: HclScope<'_>,
        all: &mut Blocks,
    ) -> Result<(), WrongHcl> {
        if &*block.kind == "dynamic" {
            return self.dynamic(block, place, scope, all);
        }
        let name = format!("{}.{}", place.name, block.kind);
        let value =
            self.body(&block.body, ResourcePlace { name: &name, at: block.at, is_top: false, ..place }, scope)?;
        let (_, values, _) = all.entry(Rc::clone(&block.kind)).or_insert((block.at, Vec::new(), None));
        values.push(value);
        Ok(())
    }

    /// Blocks that are made from a collection.
    fn dynamic(
        &mut self,
        block: &HclBlock,
        place: ResourcePlace<'_>,
        scope: HclScope<'_>,
        all: &mut Blocks,
    ) -> Result<(), WrongHcl> {
        let Some(kind) = block.labels.first() else {
            return Err(WrongHcl::last(block.at, "expected the kind of block"));
        };
        let content = block.body.blocks.iter().find(|inner| &*inner.kind == "content");
        let (Some(each), Some(content)) = (block.body.attribute("for_each"), content) else {
            return Err(WrongHcl::last(block.at, "a dynamic block has `for_each` and a block `content`"));
        };
        let iterator = match block.body.attribute("iterator").map(|own| &own.value.kind) {
            Some(HclKind::Variable(name)) => Rc::clone(name),
            Some(_) => return Err(WrongHcl::last(block.at, "expected a name as the iterator")),
            None => Rc::clone(kind),
        };
        let name = format!("{}.{kind}", place.name);
        let made = self.eval(&each.value, scope);
        let collection = self.settled(made, &name, place.care)?;
        let rounds = self.rounds(&collection, each.at).map_err(|wrong| {
            let message = format!("`for_each` of {}: {}", quoted(kind), wrong.message);
            WrongHcl { message, ..wrong }
        })?;
        let (_, values, open) = all.entry(Rc::clone(kind)).or_insert((block.at, Vec::new(), None));
        let Some(rounds) = rounds else {
            open.get_or_insert_with(|| {
                HclValue::unknown_of(format!("{name} of {}", collection.written()), [&collection])
            });
            return Ok(());
        };
        for (key, value) in rounds {
            self.step(block.at, 1)?;
            // The rule is written where the element is.
            let at = value.at.unwrap_or(block.at);
            let entries = BTreeMap::from([(Rc::from("key"), key), (Rc::from("value"), value)]);
            let own = self.object(block.at, ObjectKind::Object, entries)?;
            let frame = scope.frame(&iterator, own);
            let inner = ResourcePlace { name: &name, at, is_top: false, ..place };
            values.push(self.body(&content.body, inner, scope.with(&frame))?);
        }
        Ok(())
    }
}
