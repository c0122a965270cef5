// The payload of `config_change_sign_request`, after strict reading.

/// A request to approve a change of the workspace's configuration. `nil` means that the member was absent.
package struct ConfigurationChangeRequest: Sendable, Hashable {
    package var requestId: String
    /// One of the documented types, or any other text: unknown types are kept, not refused.
    package var type: String?
    package var signerId: String?
    /// Whatever `extraInfo` holds, for types that this module does not know too.
    package var extraInfo: JSONObject?
    /// The whole payload, with everything this type does not name.
    package var members: JSONObject

    package init(requestId: String, type: String?, signerId: String? = nil, extraInfo: JSONObject? = nil) {
        self.requestId = requestId
        self.type = type
        self.signerId = signerId
        self.extraInfo = extraInfo
        self.members = JSONObject()
    }

    /// The documented types (protocol reference, section 4).
    package static let documentedTypes = [
        "UNMANAGED_WALLET", "EXCHANGE", "FIAT_ACCOUNT", "ADD_NETWORK_CONNECTION",
        "SET_NETWORK_CONNECTION_ROUTING_POLICY", "SET_NETWORK_ID_POLICY", "ADD_USER", "RE_ENROLL_DEVICE",
        "ENABLE_ONE_TIME_ADDRESS", "CHANGE_QUORUM_THRESHOLD", "UPDATE_APPROVAL_GROUP_MAPPING", "USERS_GROUP_APPROVAL",
        "POLICY_APPROVAL", "POLICY_CHANGE",
    ]
}
