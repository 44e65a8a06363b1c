using System.Text;
using Cove.Outcomes;

namespace Cove.Policy.Fragments;

/// <summary>A statement that its issuer really signed. Whether the issuer counts is for the policy to say. Only a verification makes one.</summary>
public sealed class VerifiedStatement
{
    internal VerifiedStatement(SignedStatement signed) => Signed = signed;

    /// <summary>Who signed it: a <c>did:x509</c> that stands for the signer's chain.</summary>
    public string Issuer => Signed.Issuer;

    /// <summary>Which of the issuer's statements it is.</summary>
    public string Feed => Signed.Feed;

    /// <summary>The security version that the signature covers outside the payload; null for none.</summary>
    public long? Svn => Signed.Svn;

    /// <summary>What was signed.</summary>
    public ReadOnlyMemory<byte> Payload => Signed.Payload;

    internal SignedStatement Signed { get; }

    /// <summary>The payload as a fragment's text.</summary>
    /// <exception cref="MalformedException">It is not UTF-8.</exception>
    public string Text()
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Payload.Span);
        }
        catch (DecoderFallbackException bad)
        {
            throw new MalformedException("fragment", "payload", "is not UTF-8", bad.Index, bad);
        }
    }
}
