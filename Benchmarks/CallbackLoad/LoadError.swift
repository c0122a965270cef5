// The one error type of this executable.

/// Why a run could not start or go on: what, where, what to do.
struct LoadError: Error, CustomStringConvertible {
    enum Code: String {
        case file = "load_file"
        case template = "load_template"
        case connection = "load_connection"
        case answer = "load_answer"
    }

    let code: Code
    let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    var description: String { "\(message) [\(code.rawValue)]" }
}
