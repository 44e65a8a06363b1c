using System.IO.Compression;
using System.Security.Cryptography;
using Cove.Formats.InitData;
using Cove.Outcomes;
using Cove.Protocol.Messages;

namespace Cove.Runtime.Shim.Pods;

/// <summary>What a pod's annotation carries: a policy, or init data with one in it.</summary>
/// <param name="Document">The bytes that the guest gets.</param>
/// <param name="HostData">What is fixed at launch.</param>
/// <param name="IsInitData">Which of the two.</param>
/// <param name="Text">The policy's text.</param>
internal sealed record PodPolicy(byte[] Document, ReadOnlyMemory<byte> HostData, bool IsInitData, string Text)
{
    private const string Format = "policy annotation";

    /// <summary>Reads the one policy that a pod carries.</summary>
    public static PodPolicy Of(IReadOnlyDictionary<string, string> annotations)
    {
        var (name, value) = PodAnnotations.PolicyOf(annotations);
        byte[] bytes;
        try
        {
            bytes = Convert.FromBase64String(value);
        }
        catch (FormatException bad)
        {
            throw new MalformedException(Format, name, "is not base64", inner: bad);
        }

        if (name != PodAnnotations.InitData) return new PodPolicy(bytes, SHA256.HashData(bytes), false, System.Text.Encoding.UTF8.GetString(bytes));
        var document = Unpack(name, bytes);
        var initData = InitDataDocument.Parse(document);
        return new PodPolicy(document, initData.HostData, true, initData.Policy);
    }

    public SetPolicyRequest ToRequest(SecurityContext context) => new(Convert.ToBase64String(Document), context, IsInitData);

    private static byte[] Unpack(string name, byte[] packed)
    {
        try
        {
            using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
            var document = new byte[InitDataDocument.MaxBytes + 1];
            var read = gzip.ReadAtLeast(document, document.Length, throwOnEndOfStream: false);
            return document[..read];
        }
        catch (InvalidDataException damaged)
        {
            throw new MalformedException(Format, name, "is not gzip", inner: damaged);
        }
    }
}
