using Cove.Formats.Jose;

namespace Cove.Formats.Cose;

/// <summary>A transparency service whose receipts are believed.</summary>
/// <param name="Issuer">Its name, as its receipts give it: a host name.</param>
/// <param name="Keys">Its public keys.</param>
public sealed record TransparencyLedger(string Issuer, Jwks Keys);
