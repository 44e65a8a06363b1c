using System.Security.Cryptography;
using Cove.Formats.Cbor;
using Cove.Formats.Cose;
using Cove.Formats.Der;
using Cove.Formats.Did;
using Cove.Outcomes;

namespace Cove.Policy.Fragments;

/// <summary>Signs fragments as the field's tools do: a COSE_Sign1 with issuer, feed and the signer's certificates in its protected header (spec §6.8).</summary>
public static class FragmentSigner
{
    private const string ContentType = "application/unknown+rego";
    private const long CwtIssuer = 1;
    private const long CwtSubject = 2;

    /// <summary>The identifier of a signer by its common name, below the authority that issued its certificate.</summary>
    /// <param name="chain">Leaf first, at least two certificates.</param>
    /// <exception cref="MalformedException">There is no authority in the chain, or the leaf has no common name.</exception>
    public static string Identifier(IReadOnlyList<Certificate> chain) => DidX509.Of(chain).Text;

    /// <summary>Signs a fragment, and verifies what came out as every guest will.</summary>
    /// <param name="fragment">The fragment's text, UTF-8.</param>
    /// <param name="identity">Who signs which feed.</param>
    /// <param name="algorithm">An algorithm that fits the key.</param>
    /// <param name="key">The leaf's private key, RSA or ECDSA.</param>
    /// <returns>The signed bytes; rejected where no guest would accept them, such as for another certificate's key.</returns>
    /// <exception cref="ArgumentException">The key does not fit the algorithm.</exception>
    public static Verdict<ReadOnlyMemory<byte>> Sign(ReadOnlyMemory<byte> fragment, FragmentIdentity identity, CoseAlgorithm algorithm, AsymmetricAlgorithm key)
    {
        List<KeyValuePair<CborValue, CborValue>> header =
        [
            Entry(CoseLabels.ContentType, new CborValue.Text(ContentType)),
            Entry(CoseLabels.CertificateChain, new CborValue.Array([.. identity.Certificates.Select(certificate => new CborValue.Bytes(certificate.Der))])),
            .. Names(identity),
        ];
        var signed = CoseSign1.Sign(new CborValue.Map(header), fragment, algorithm, key);
        return SignedStatement.Parse(signed).Verify().IsAccepted(out _, out var findings) ? (ReadOnlyMemory<byte>)signed : findings.ToList();
    }

    // Text labels are what guests of every age read; a version in the header exists only among CWT claims.
    private static IEnumerable<KeyValuePair<CborValue, CborValue>> Names(FragmentIdentity identity) => identity.Svn is { } svn
        ?
        [
            Entry(CoseLabels.CwtClaims, new CborValue.Map(
            [
                Entry(CwtIssuer, new CborValue.Text(identity.Issuer)),
                Entry(CwtSubject, new CborValue.Text(identity.Feed)),
                new(new CborValue.Text("svn"), new CborValue.Integer(svn)),
            ])),
        ]
        : [new(new CborValue.Text("iss"), new CborValue.Text(identity.Issuer)), new(new CborValue.Text("feed"), new CborValue.Text(identity.Feed))];

    private static KeyValuePair<CborValue, CborValue> Entry(long label, CborValue value) => new(new CborValue.Integer(label), value);
}
