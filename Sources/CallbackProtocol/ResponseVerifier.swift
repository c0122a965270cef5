// Answers as the co-signer reads them: everything that is not right is an error, never an action.

package import SystemCrypto

extension ProtocolError.Code {
    package static let responseNotObject = Self(rawValue: "response_not_object")
    package static let responseMember = Self(rawValue: "response_member")
    package static let requestIdMismatch = Self(rawValue: "request_id_mismatch")
    package static let unknownAction = Self(rawValue: "unknown_action")
    package static let ignoreOnSigning = Self(rawValue: "ignore_on_signing")
}

/// Verifies and reads an answer.
package enum ResponseVerifier: Sendable {
    /// A JWT signed by this key.
    case token(RSAPublicKey)
    /// JSON; the TLS connection vouches for it.
    case plain

    /// The answer to the request of this id and stage. Unknown claims, and all claims about time, are ignored.
    ///
    /// - Throws: `jws_...`, `bad_signature`, `json_...`, `response_not_object`, `response_member`,
    ///   `request_id_mismatch`, `unknown_action`, `ignore_on_signing`.
    package func verify(
        _ body: [UInt8], requestId: String, stage: RequestStage
    ) throws(ProtocolError) -> CallbackResponse {
        guard let object = try StrictJSON.parse(try payload(of: body)).object else {
            throw ProtocolError(.responseNotObject, "the answer is not a JSON object", path: "$")
        }
        guard let answeredId = object["requestId"]?.string, isSameText(answeredId, requestId) else {
            throw ProtocolError(.requestIdMismatch, "the answer is not for this request", path: "$.requestId")
        }
        guard let text = object["action"]?.string,
            let action = CallbackAction.allCases.first(where: { isSameText($0.rawValue, text) })
        else {
            throw ProtocolError(
                .unknownAction, "the action is none of APPROVE, REJECT, IGNORE, RETRY", path: "$.action")
        }
        guard action != .ignore || stage == .approval else {
            throw ProtocolError(.ignoreOnSigning, "IGNORE is no answer to a signing request", path: "$.action")
        }
        switch object["rejectionReason"] {
        case nil, .null: return CallbackResponse(action: action, requestId: requestId)
        case .string(let reason):
            return CallbackResponse(
                action: action, requestId: requestId, rejectionReason: reason.isEmpty ? nil : reason)
        default: throw ProtocolError(.responseMember, "rejectionReason is not a string", path: "$.rejectionReason")
        }
    }

    private func payload(of body: [UInt8]) throws(ProtocolError) -> [UInt8] {
        guard case .token(let key) = self else { return body }
        let jws = try StrictJWS(body, maximumSize: 64 * 1024)
        guard jws.isSigned(by: key) else {
            throw ProtocolError(.badSignature, "the answer is not signed by the configured callback handler's key")
        }
        return try jws.payload()
    }
}
