using System.Security.Cryptography;
using Cove.Formats.Der;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Formats.Did;

/// <summary>
/// An identifier of the method <c>did:x509</c> (draft, version 0): the fingerprint of an authority, and what the leaf of a chain below it
/// must say. Whoever holds such a leaf's key may speak under the identifier.
/// </summary>
public sealed class DidX509
{
    /// <summary>Longest identifier that is read, in characters.</summary>
    public const int MaximumLength = 4096;

    private const string Format = "did:x509";
    private const string Section = "did:x509 draft v0";
    private const string MethodPrefix = "did:x509:0:";
    private readonly string _hash;
    private readonly byte[] _fingerprint;
    private readonly IReadOnlyList<DidX509Predicate> _predicates;

    private DidX509(string text, string hash, byte[] fingerprint, IReadOnlyList<DidX509Predicate> predicates)
    {
        Text = text;
        _hash = hash;
        _fingerprint = fingerprint;
        _predicates = predicates;
    }

    /// <summary>The identifier as it was written.</summary>
    public string Text { get; }

    /// <summary>Parses an identifier.</summary>
    /// <exception cref="MalformedException">It is not one of version 0 with at least one predicate.</exception>
    public static DidX509 Parse(string text)
    {
        if (text.Length > MaximumLength) throw new MalformedException(Format, "identifier", $"is {text.Length} characters, at most {MaximumLength} are read");
        if (!text.StartsWith(MethodPrefix, StringComparison.Ordinal)) throw new MalformedException(Format, "method", $"is not {MethodPrefix}");
        var parts = text[MethodPrefix.Length..].Split("::");
        if (parts.Length < 2) throw new MalformedException(Format, "predicates", "are missing");
        var authority = parts[0].Split(':');
        if (authority is not [var hash, var fingerprint] || SizeOf(hash) is not { } size) throw new MalformedException(Format, "fingerprint", "is not sha256, sha384 or sha512 and a value");
        var digest = Base64Url.Decode(fingerprint.AsSpan(), Format, "fingerprint");
        if (digest.Length != size) throw new MalformedException(Format, "fingerprint", $"has {digest.Length} bytes, expected {size}");
        return new DidX509(text, hash, digest, [.. parts.Skip(1).Select(DidX509Predicate.Parse)]);
    }

    /// <summary>The identifier of a signer by its common name, below the authority that issued its certificate.</summary>
    /// <param name="chain">Leaf first, at least two certificates.</param>
    /// <exception cref="MalformedException">There is no authority in the chain, or the leaf has no common name.</exception>
    public static DidX509 Of(IReadOnlyList<Certificate> chain)
    {
        if (chain.Count < 2) throw new MalformedException("certificate chain", "certificates", "are one: an issuer is known by the authority above the signer");
        var name = chain[0].Subject.CommonName;
        if (name.Length == 0) throw new MalformedException("certificate chain", "leaf", "has no common name to be known by");
        var escaped = Uri.EscapeDataString(name).Replace("~", "%7E", StringComparison.Ordinal);
        return Parse($"{MethodPrefix}sha256:{Base64Url.Encode(SHA256.HashData(chain[1].Der.Span))}::subject:CN:{escaped}");
    }

    /// <summary>Every reason why the identifier does not stand for the leaf of this chain; none when it does. The chain's signatures are not looked at.</summary>
    /// <param name="chain">Leaf first, at least two certificates.</param>
    /// <exception cref="MalformedException">An extension of the leaf cannot be read.</exception>
    public IReadOnlyList<Finding> Match(IReadOnlyList<Certificate> chain)
    {
        if (chain.Count < 2) return [new("did-not-matched", "x5chain", "a leaf and at least one authority", $"{chain.Count} certificates", Section)];
        List<Finding> findings = [];
        if (!chain.Skip(1).Any(authority => CryptographicOperations.FixedTimeEquals(Hash(authority), _fingerprint)))
            findings.Add(new("did-not-matched", "fingerprint", Base64Url.Encode(_fingerprint), "no authority of the chain has it", Section));
        foreach (var predicate in _predicates)
        {
            if (!predicate.Holds(chain[0])) findings.Add(new("did-not-matched", predicate.Name, predicate.ToString(), $"the leaf {chain[0].Subject} does not satisfy it", Section));
        }

        if (!chain[0].MaySignData)
            findings.Add(new("did-not-matched", "keyUsage", "digitalSignature or keyAgreement", $"the leaf {chain[0].Subject} may do neither", Section));
        return findings;
    }

    private static int? SizeOf(string hash) => hash switch { "sha256" => 32, "sha384" => 48, "sha512" => 64, _ => null };

    private byte[] Hash(Certificate certificate) => _hash switch
    {
        "sha256" => SHA256.HashData(certificate.Der.Span),
        "sha384" => SHA384.HashData(certificate.Der.Span),
        _ => SHA512.HashData(certificate.Der.Span),
    };
}
