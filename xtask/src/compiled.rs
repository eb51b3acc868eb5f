//! A wasm as the linker leaves it with `--emit-relocs`: where its functions are, and what they refer to.

use std::ops::Range;

use anyhow::{Context as _, Result, bail, ensure};
use wasmparser::{
    CustomSectionReader, Data, DataKind, DefinedDataSymbol, ExternalKind, KnownCustom, Linking, Name, Operator, Parser,
    Payload, RelocSectionReader, SymbolInfo, TypeRef, ValType,
};

/// The kind of the section that holds code.
const CODE: u8 = 10;

/// A function of the wasm. Places are those in the file.
#[derive(Default)]
pub struct Function {
    pub name: String,
    pub returns_i32: bool,
    pub is_exported: bool,
    /// Empty for an import.
    pub body: Range<usize>,
}

/// A reference of the code to a function, a constant or something else.
pub struct Reference {
    /// Where in the code it is.
    pub place: usize,
    /// The number of the symbol of what it refers to.
    symbol: u32,
    /// Where its entry in the list of references is.
    entry: Range<usize>,
}

/// A part of the memory's first content.
struct Segment<'a> {
    address: u32,
    bytes: &'a [u8],
}

/// The wasm.
#[derive(Default)]
pub struct Compiled<'a> {
    wasm: &'a [u8],
    pub functions: Vec<Function>,
    segments: Vec<Segment<'a>>,
    symbols: Vec<SymbolInfo<'a>>,
    /// The references of the code.
    pub references: Vec<Reference>,
    /// The section that lists these: with its header, and its content alone.
    list: (Range<usize>, Range<usize>),
}

impl<'a> Compiled<'a> {
    /// # Errors
    /// The wasm is not as the linker leaves it.
    pub fn read(wasm: &'a [u8]) -> Result<Self> {
        let mut compiled = Compiled { wasm, ..Compiled::default() };
        let (mut types, mut sections, mut defined, mut end) = (Vec::new(), Vec::new(), 0, 8);
        for payload in Parser::new(0).parse_all(wasm) {
            let payload = payload?;
            let begin = end;
            if let Some((kind, range)) = payload.as_section() {
                sections.push((kind, range.start as usize));
                end = range.end as usize;
            }
            match payload {
                Payload::TypeSection(reader) => {
                    for function in reader.into_iter_err_on_gc_types() {
                        types.push(function?.results() == [ValType::I32]);
                    }
                }
                Payload::ImportSection(reader) => {
                    for import in reader.into_imports() {
                        if let TypeRef::Func(index) = import?.ty {
                            compiled.declare(&types, index)?;
                        }
                    }
                    defined = compiled.functions.len();
                }
                Payload::FunctionSection(reader) => {
                    for index in reader {
                        compiled.declare(&types, index?)?;
                    }
                }
                Payload::ExportSection(reader) => {
                    for export in reader {
                        let export = export?;
                        if export.kind == ExternalKind::Func {
                            compiled.function(export.index as usize)?.is_exported = true;
                        }
                    }
                }
                Payload::CodeSectionEntry(body) => {
                    let range = body.range();
                    compiled.function(defined)?.body = range.start as usize..range.end as usize;
                    defined += 1;
                }
                Payload::DataSection(reader) => {
                    for segment in reader {
                        compiled.segments.push(Segment::read(segment?)?);
                    }
                }
                Payload::CustomSection(custom) => compiled.read_custom(&custom, begin..end, &sections)?,
                _ => {}
            }
        }
        ensure!(!compiled.references.is_empty() && !compiled.symbols.is_empty(), "the wasm has no relocations");
        Ok(compiled)
    }

    fn declare(&mut self, types: &[bool], index: u32) -> Result<()> {
        let returns_i32 = *types.get(index as usize).context("a function of no type")?;
        self.functions.push(Function { returns_i32, ..Function::default() });
        Ok(())
    }

    fn function(&mut self, index: usize) -> Result<&mut Function> {
        self.functions.get_mut(index).context("no such function")
    }

    fn read_custom(
        &mut self,
        custom: &CustomSectionReader<'a>,
        section: Range<usize>,
        sections: &[(u8, usize)],
    ) -> Result<()> {
        match custom.as_known() {
            KnownCustom::Linking(reader) => {
                for part in reader.subsections() {
                    if let Linking::SymbolTable(symbols) = part? {
                        self.symbols = symbols.into_iter().collect::<Result<_, _>>()?;
                    }
                }
            }
            KnownCustom::Reloc(reader) => {
                if let Some((CODE, start)) = sections.get(reader.section_index() as usize) {
                    self.list = (section, custom.range().start as usize..custom.range().end as usize);
                    self.read_references(&reader, *start)?;
                }
            }
            KnownCustom::Name(reader) => {
                for names in reader {
                    let Name::Function(names) = names? else { continue };
                    for name in names {
                        let name = name?;
                        self.function(name.index as usize)?.name = rustc_demangle::demangle(name.name).to_string();
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn read_references(&mut self, reader: &RelocSectionReader<'a>, code: usize) -> Result<()> {
        for entry in reader.entries().into_iter_with_offsets() {
            let (at, entry) = entry?;
            if let Some(before) = self.references.last_mut() {
                before.entry.end = at as usize;
            }
            let place = code + entry.offset as usize;
            let end = reader.range().end as usize;
            self.references.push(Reference { place, symbol: entry.index, entry: at as usize..end });
        }
        Ok(())
    }

    /// Whether the reference is to a place in the source (`core::panic::Location`): a file's name by address and length,
    /// line and column.
    pub fn is_to_location(&self, reference: &Reference) -> bool {
        let Some([a, b, c, d, e, f, g, h, _, _, _, _, _, _, _, _]) = self.constant(reference.symbol) else {
            return false;
        };
        let (file, length) = (u32::from_le_bytes([*a, *b, *c, *d]), u32::from_le_bytes([*e, *f, *g, *h]));
        let name = self.segments.iter().find_map(|segment| {
            let start = file.checked_sub(segment.address)? as usize;
            segment.bytes.get(start..start.checked_add(length as usize)?)
        });
        name.is_some_and(|name| name.ends_with(b".rs"))
    }

    fn constant(&self, symbol: u32) -> Option<&[u8]> {
        let SymbolInfo::Data { symbol: Some(DefinedDataSymbol { index, offset, size }), .. } =
            self.symbols.get(symbol as usize)?
        else {
            return None;
        };
        let start = *offset as usize;
        self.segments.get(*index as usize)?.bytes.get(start..start + *size as usize)
    }

    /// `changed`, which is the wasm with other code, without the references that are not `kept`.
    pub fn without(&self, changed: &[u8], kept: impl Fn(&Reference) -> bool) -> Result<Vec<u8>> {
        let (section, content) = &self.list;
        let first = self.references.first().context("no references")?.entry.start;
        let kept: Vec<_> = self.references.iter().filter(|reference| kept(reference)).collect();
        // The name and the number of the section of code, then the number of entries.
        let mut list = self.wasm.get(content.start..first).context("no list of references")?.to_vec();
        list.truncate(list.len() - length(self.references.len()).len());
        list.extend(length(kept.len()));
        list.extend(kept.iter().filter_map(|reference| self.wasm.get(reference.entry.clone())).flatten());
        let (Some(before), Some(after)) = (changed.get(..section.start), changed.get(section.end..)) else {
            bail!("the changed wasm is shorter");
        };
        Ok([before, &[0], &length(list.len()), &list, after].concat())
    }
}

impl<'a> Segment<'a> {
    fn read(segment: Data<'a>) -> Result<Self> {
        let DataKind::Active { offset_expr, .. } = segment.kind else { bail!("data without an address") };
        let Operator::I32Const { value } = offset_expr.get_operators_reader().read()? else {
            bail!("data whose address is not a number");
        };
        Ok(Segment { address: value as u32, bytes: segment.data })
    }
}

/// A number as wasm has it (LEB128).
fn length(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number > 0x7f {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_wasm_has_them() {
        for (number, bytes) in [(0, vec![0]), (127, vec![0x7f]), (128, vec![0x80, 1]), (35_726, vec![0x8e, 0x97, 2])] {
            assert_eq!(length(number), bytes, "{number}");
        }
    }

    #[test]
    fn a_wasm_without_relocations_is_refused() {
        assert!(Compiled::read(b"\0asm\x01\0\0\0").is_err());
    }
}
