using Cove.Formats.Jose;

namespace Cove.Attestation.Tokens;

/// <summary>A key that signs tokens.</summary>
/// <param name="KeyId">Its <c>kid</c>, under which the service publishes it.</param>
/// <param name="Signer">Signs; disposed by whoever made it.</param>
public sealed record TokenSigningKey(string KeyId, JwsSigner Signer);
