namespace Cove.Attestation.Dcap;

/// <summary>What Intel says of one level of versions.</summary>
/// <param name="Status">How up to date it is.</param>
/// <param name="Date">All weaknesses published up to this date are considered in the status.</param>
/// <param name="Advisories">Ids of the security advisories that concern it.</param>
public sealed record TcbLevel(TcbStatus Status, DateTimeOffset Date, IReadOnlyList<string> Advisories);
