using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cove.Formats.Jose;
using Cove.Guest.Attesters;
using Cove.Sidecar.Attest;
using Cove.Sidecar.GoText;
using Cove.Sidecar.Grpc;
using Cove.Sidecar.Release;
using Cove.Sidecar.Server;
using Cove.Sidecar.Uvm;

namespace Cove.Sidecar.KeyProvider;

/// <summary>
/// The gRPC face of the sidecar: the key provider that image pullers call to open encrypted layers, and the reports. It answers under
/// the package name of ocicrypt and of older versions as well as under today's; the messages are the same.
/// </summary>
internal sealed class KeyProviderService(EvidenceCollector collector, KeyRelease release, UvmSource uvm, Func<IAttester?> attester)
{
    private static readonly string[] Packages = ["key_provider", "keyprovider"];

    /// <summary>Every method under every path.</summary>
    public IReadOnlyDictionary<string, GrpcMethod> Methods => Packages
        .SelectMany(package => new (string Name, GrpcMethod Method)[]
        {
            ("WrapKey", WrapAsync),
            ("UnWrapKey", UnwrapAsync),
            ("GetReport", GetReportAsync),
            ("GetAttestationData", GetAttestationDataAsync),
            ("SayHello", GreetAsync),
        }.Select(m => (Path: $"/{package}.KeyProviderService/{m.Name}", m.Method)))
        .ToDictionary(m => m.Path, m => m.Method, StringComparer.Ordinal);

    private static Task<byte[]> GreetAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation) =>
        Task.FromResult(ProtoMessage.Of($"Hello {Encoding.UTF8.GetString(ProtoMessage.Field(request.Span, 1))}"));

    private static Task<byte[]> WrapAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        var input = ProtoMessage.Field(request.Span, 1).ToArray();
        byte[] data = [];
        try
        {
            (var keyPath, data) = KeyProviderInput.ParseWrap(input);
            return Task.FromResult(ProtoMessage.Of(Output(annotation: KeyWrapping.Wrap(keyPath, data).ToJson(), optsData: null)));
        }
        catch (SkrFailureException e)
        {
            throw Failed(GrpcStatus.Internal, e.Message, e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(input);
            CryptographicOperations.ZeroMemory(data);
        }
    }

    private async Task<byte[]> UnwrapAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        var packet = KeyProviderInput.ParseUnwrap(ProtoMessage.Field(request.Span, 1).ToArray());
        var data = await UnwrapAsync(packet, cancellation);
        byte[]? output = null;
        try
        {
            output = Output(annotation: null, optsData: data);
            return ProtoMessage.Of(output);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(data);
            CryptographicOperations.ZeroMemory(output);
        }
    }

    private async Task<byte[]> UnwrapAsync(AnnotationPacket packet, CancellationToken cancellation)
    {
        try
        {
            using var key = await release.ReleaseAsync(
                new KeyReleaseRequest(packet.AttestationEndpoint, packet.VaultEndpoint, packet.KeyId, AccessToken: string.Empty), cancellation);
            if (key.Key is not RsaJwk jwk)
                throw Failed(GrpcStatus.Unknown, $"Unwrapping failed: the released key is of type {key.Key.KeyType}, expected RSA");
            using var rsa = jwk.CreateRsa();
            return rsa.Decrypt(packet.WrappedData, RSAEncryptionPadding.OaepSHA256);
        }
        catch (SkrFailureException e)
        {
            throw Failed(GrpcStatus.Unknown, $"SKR failed: {e.Message}", e);
        }
        catch (CryptographicException e)
        {
            throw Failed(GrpcStatus.Unknown, "Unwrapping failed: the data was not wrapped for the released key", e);
        }
    }

    private async Task<byte[]> GetReportAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        // The report binds the hash of the text itself, not of what its hex digits stand for.
        var report = await ReportAsync(ProtoMessage.Field(request.Span, 1).ToArray(), cancellation);
        return ProtoMessage.Of(Convert.ToHexStringLower(report.Span));
    }

    private async Task<byte[]> GetAttestationDataAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        byte[] runtimeData;
        try
        {
            runtimeData = GoBase64.Decode(Encoding.UTF8.GetString(ProtoMessage.Field(request.Span, 1)));
        }
        catch (SkrFailureException e)
        {
            throw Failed(GrpcStatus.FailedPrecondition, $"decoding base64-encoded runtime data of request failed: {e.Message}", e);
        }

        var report = await ReportAsync(runtimeData, cancellation);
        var information = Read();
        return ProtoMessage.Of(
            information.Certificates.Tcb,
            Convert.ToBase64String(information.Certificates.PemBytes()),
            Convert.ToBase64String(report.Span),
            information.ReferenceInfo);
    }

    private async Task<ReadOnlyMemory<byte>> ReportAsync(byte[] runtimeData, CancellationToken cancellation)
    {
        if (attester() is null) throw Failed(GrpcStatus.FailedPrecondition, "SEV guest driver is missing.");
        try
        {
            return await collector.GetReportAsync(runtimeData, cancellation);
        }
        catch (SkrFailureException e)
        {
            throw Failed(GrpcStatus.Internal, $"failure to fetch attestation report: {e.Message}", e);
        }
    }

    /// <summary>What the utility VM says now; certificates it does not give are those fetched at start.</summary>
    private UvmInformation Read()
    {
        try
        {
            var information = uvm.Read();
            if (information.Certificates.Pem.Length == 0) information = information with { Certificates = collector.Information.Certificates };
            return information.ReferenceInfo.Length > 0 ? information : throw Failed(GrpcStatus.FailedPrecondition, "uvmInfo is not set");
        }
        catch (SkrFailureException e)
        {
            throw Failed(GrpcStatus.FailedPrecondition, $"uvmInfo is not set: {e.Message}", e);
        }
    }

    private static byte[] Output(byte[]? annotation, byte[]? optsData)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            WriteResult(writer, "keywrapresults", "annotation", annotation);
            WriteResult(writer, "keyunwrapresults", "optsdata", optsData);
            writer.WriteEndObject();
        }

        var json = output.WrittenSpan.ToArray();
        output.Clear();
        return json;
    }

    private static void WriteResult(Utf8JsonWriter writer, string result, string name, byte[]? value)
    {
        writer.WriteStartObject(result);
        if (value is null) writer.WriteNull(name);
        else writer.WriteBase64String(name, value);
        writer.WriteEndObject();
    }

    private static GrpcException Failed(GrpcStatus status, string message, Exception? inner = null) =>
        new(status, $"{message}\n{ErrorText.Documentation}", inner);
}
