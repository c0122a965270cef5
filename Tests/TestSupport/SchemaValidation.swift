// Asks Python's jsonschema about YAML texts: a validator that is not ours.

import Foundation

/// Validates YAML texts against a JSON Schema of draft 2020-12, after checking the schema itself.
///
/// - Returns: what is wrong, a line each: accepted texts that the validator refuses, and refused ones that it accepts.
///   Empty where all is as expected.
package func schemaComplaints(
    _ schema: String, accepted: [(name: String, yaml: String)], refused: [(name: String, yaml: String)]
) async throws -> String {
    let scratch = try TemporaryDirectory()
    var arguments = [try scratch.write("validate.py", script), try scratch.write("schema.json", schema)]
    for (index, text) in accepted.enumerated() {
        arguments.append("+" + text.name + "=" + (try scratch.write("accepted\(index).yaml", text.yaml)))
    }
    for (index, text) in refused.enumerated() {
        arguments.append("-" + text.name + "=" + (try scratch.write("refused\(index).yaml", text.yaml)))
    }
    let result = try await run("python3", arguments)
    guard result.status == 0, result.text.hasSuffix("checked \(accepted.count + refused.count)\n") else {
        return result.text + result.errorText
    }
    return ""
}

private let script = """
    import json, sys, yaml, jsonschema
    schema = json.load(open(sys.argv[1]))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    failed = False
    for argument in sys.argv[2:]:
        name, path = argument[1:].rsplit("=", 1)
        errors = list(validator.iter_errors(yaml.safe_load(open(path))))
        if argument[0] == "+":
            for error in errors:
                failed = True
                print(f"{name}: {error.json_path}: {error.message[:300]}")
        elif not errors:
            failed = True
            print(f"{name}: not refused\\n" + open(path).read())
    print(f"checked {len(sys.argv) - 2}")
    sys.exit(1 if failed else 0)
    """
