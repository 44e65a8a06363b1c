using Cove.Formats.Der;

namespace Cove.Policy.Fragments;

/// <summary>Who signs which feed.</summary>
/// <param name="Issuer">A <c>did:x509</c> that stands for the chain; see <see cref="FragmentSigner.Identifier"/>.</param>
/// <param name="Feed">Which of the issuer's fragments it is, by habit the image's name without its tag.</param>
/// <param name="Certificates">The signer's chain, leaf first, root last.</param>
/// <param name="Svn">A security version for the header, beside the one in the text; null for none.</param>
public sealed record FragmentIdentity(string Issuer, string Feed, IReadOnlyList<Certificate> Certificates, long? Svn = null);
