// A payload file that `ask` sends.

import CallbackProtocol
import CosignerCallbackClient
import Foundation
import NIOCore

/// One payload, read strictly, with what its answer is checked against.
struct PayloadFile {
    let path: String
    let payload: JSONObject
    let kind: RequestKind
    let requestId: String
    let stage: RequestStage

    init(path: String, kind: RequestKind?) throws(CosignerError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CosignerError(.payloadInvalid, "The payload \(path) cannot be read")
        }
        let value: JSONValue
        do throws(ProtocolError) {
            value = try StrictJSON.parse(Array(data))
        } catch {
            throw CosignerError(.payloadInvalid, "The payload \(path) is not strict JSON: \(error)")
        }
        guard let payload = value.object, let requestId = payload["requestId"]?.string, !requestId.isEmpty else {
            throw CosignerError(.payloadInvalid, "The payload \(path) is not a JSON object with a requestId")
        }
        self.path = path
        self.payload = payload
        self.requestId = requestId
        self.kind = kind ?? (payload["type"] != nil && payload["txId"] == nil ? .configuration : .transaction)
        stage = self.kind == .configuration ? .approval : RequestStage(ofTransaction: payload)
    }
}

/// What became of one request.
struct AskResult {
    let request: PayloadFile
    let response: CallbackResponse?
    let elapsed: TimeAmount?
    let error: CallbackClientError?

    func line(json: Bool) -> String {
        json ? String(decoding: value.serialized(), as: UTF8.self) : text
    }

    private var milliseconds: Int64? { elapsed.map { $0.nanoseconds / 1_000_000 } }

    private var value: JSONValue {
        .object(
            JSONObject([
                .init("file", .string(request.path)), .init("requestId", .string(request.requestId)),
                .init("action", response.map { .string($0.action.rawValue) } ?? .null),
                .init("rejectionReason", response?.rejectionReason.map(JSONValue.string) ?? .null),
                .init("elapsedMs", milliseconds.map { .number(String($0)) } ?? .null),
                .init(
                    "error",
                    error.map {
                        .object(JSONObject([.init("code", .string($0.code)), .init("message", .string($0.message))]))
                    } ?? .null),
            ]))
    }

    private var text: String {
        let name = (request.path as NSString).lastPathComponent
        if let error { return "\(pad("ERROR", 8))\(name)\n        \(error)" }
        let reason = response?.rejectionReason.map { "\n        \($0)" } ?? ""
        return "\(pad(response?.action.rawValue ?? "", 8))\(name)  \(milliseconds ?? 0) ms\(reason)"
    }

    private func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}
