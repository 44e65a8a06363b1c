using Cove.Rego.Values;

namespace Cove.Policy.Fragments;

/// <summary>What is said about a fragment beside its text (spec §2.6). Whoever makes one has checked the signature that says it.</summary>
/// <param name="Issuer">Who signed it.</param>
/// <param name="Feed">Which of the issuer's fragments it is.</param>
/// <param name="HeaderSvn">The security version that the signature covers; null where it names none.</param>
internal sealed record FragmentStatement(string Issuer, string Feed, long? HeaderSvn)
{
    /// <summary>Receipts that were verified: <c>{issuer, ttl_subjects}</c> each.</summary>
    internal RegoArray Receipts { get; init; } = RegoArray.Empty;

    internal RegoObject Input(string @namespace, bool loaded) => RegoObject.Of(
        ("issuer", RegoValue.Of(Issuer)),
        ("feed", RegoValue.Of(Feed)),
        ("namespace", RegoValue.Of(@namespace)),
        ("fragment_loaded", RegoValue.Of(loaded)),
        ("has_header_svn", RegoValue.Of(HeaderSvn is not null)),
        ("header_svn", HeaderSvn is { } svn ? RegoValue.Of(svn) : RegoValue.Null),
        ("receipts", Receipts));
}
