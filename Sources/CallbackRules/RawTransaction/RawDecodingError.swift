// Why bytes or an address could not be read.

/// The first thing at fault, as a clause for people: `a length is not minimal`.
struct RawDecodingError: Error, Hashable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
