using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cove.Sidecar.CommandLine;
using Cove.Sidecar.Grpc;
using Cove.Sidecar.Tests.Fakes;

namespace Cove.Sidecar.Tests.KeyProvider;

/// <summary>The gRPC face over real HTTP/2, as image pullers call it.</summary>
public sealed class KeyProviderServiceTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("cove-wrap-").FullName;
    private SidecarUnderTest sidecar = null!;

    private string KeyPath => Path.Combine(folder, "rsakey");

    public async ValueTask InitializeAsync()
    {
        sidecar = await SidecarUnderTest.StartAsync(new SkrSettings { Azure = new AzureInformation(), IsGrpc = true });
        using var rsa = RSA.Create();
        rsa.ImportParameters(RecordedKeys.RsaParameters());
        await File.WriteAllTextAsync(Path.Combine(folder, "pub.pem"), rsa.ExportSubjectPublicKeyInfoPem());
        await File.WriteAllTextAsync(
            KeyPath + "-info.json",
            $$"""{"public_key_path":"{{Path.Combine(folder, "pub.pem")}}","kms_endpoint":"localhost","attester_endpoint":"localhost"}""");
    }

    public async ValueTask DisposeAsync()
    {
        await sidecar.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("key_provider")]
    [InlineData("keyprovider")]
    public async Task What_is_wrapped_is_unwrapped_after_a_release(string package)
    {
        var wrapped = await CallAsync(package, "WrapKey", WrapInput($"skr:{KeyPath}", "layer key"));
        Assert.Equal("0", wrapped.Status);
        using var results = JsonDocument.Parse(ProtoMessage.Field(wrapped.Message, 1).ToArray());
        Assert.Equal(JsonValueKind.Null, results.RootElement.GetProperty("keyunwrapresults").GetProperty("optsdata").ValueKind);
        var annotation = results.RootElement.GetProperty("keywrapresults").GetProperty("annotation").GetString()!;
        using var packet = JsonDocument.Parse(Convert.FromBase64String(annotation));
        Assert.Equal(["kid", "wrapped_data", "wrap_type", "kms_endpoint", "attester_endpoint"], packet.RootElement.EnumerateObject().Select(m => m.Name));
        Assert.Empty(sidecar.Services.Requests);

        var unwrapped = await CallAsync(package, "UnWrapKey", UnwrapInput(annotation));

        Assert.Equal("0", unwrapped.Status);
        Assert.Equal(
            $$$"""{"keywrapresults":{"annotation":null},"keyunwrapresults":{"optsdata":"{{{Base64("layer key")}}}"}}""",
            Encoding.UTF8.GetString(ProtoMessage.Field(unwrapped.Message, 1)));
        Assert.Contains(sidecar.Services.Requests, r => r.Target == "/keys/rsakey/release?api-version=7.4" && r.Headers["Authorization"] == "Bearer imds-token");
    }

    [Fact]
    public async Task Bytes_may_be_arrays_of_numbers()
    {
        var numbers = string.Join(',', Encoding.UTF8.GetBytes($"skr:{KeyPath}"));
        var wrapped = await CallAsync("keyprovider", "WrapKey", $$$$"""{"op":"keywrap","keywrapparams":{"ec":{"Parameters":{"attestation-agent":[[{{{{numbers}}}}]]}},"optsdata":[1,2]}}""");
        Assert.Equal("0", wrapped.Status);
    }

    [Fact]
    public async Task A_layer_key_wrapped_for_another_key_is_not_opened()
    {
        using var other = RSA.Create(2048);
        var packet = $$"""{"kid":"rsakey","wrapped_data":"{{Convert.ToBase64String(other.Encrypt([1], RSAEncryptionPadding.OaepSHA256))}}","kms_endpoint":"localhost","attester_endpoint":"localhost"}""";
        await AssertRefused("UnWrapKey", UnwrapInput(Base64(packet)), GrpcStatus.Unknown, "Unwrapping failed");
    }

    [Theory]
    [InlineData("octkey", "the released key is of type oct, expected RSA")]
    [InlineData("deny", "SKR failed: releasing the key deny failed")]
    public async Task A_key_that_is_not_released_or_not_RSA_opens_nothing(string kid, string why)
    {
        var packet = $$"""{"kid":"{{kid}}","wrapped_data":"AAAA","kms_endpoint":"localhost","attester_endpoint":"localhost"}""";
        await AssertRefused("UnWrapKey", UnwrapInput(Base64(packet)), GrpcStatus.Unknown, why);
    }

    [Theory]
    [InlineData("WrapKey", "{", "Ill-formed key provider input")]
    [InlineData("WrapKey", "[]", "Ill-formed key provider input")]
    [InlineData("WrapKey", "{}", "attestation-agent must be specified in the encryption config parameters")]
    [InlineData("UnWrapKey", "{}", "attestation-agent must be specified in decryption config parameters")]
    public async Task A_request_of_another_shape_is_refused(string method, string input, string why) =>
        await AssertRefused(method, input, GrpcStatus.InvalidArgument, why);

    [Theory]
    [InlineData("skr", "Key id is not provided in the request")]
    [InlineData("skr:", "Key id is not provided in the request")]
    [InlineData("aa:key", "Unexpected attestation agent aa specified. Perhaps you send the request to a wrong endpoint?")]
    public async Task A_request_for_someone_else_is_refused(string agent, string why) =>
        await AssertRefused("WrapKey", WrapInput(agent, "layer key"), GrpcStatus.InvalidArgument, why);

    [Fact]
    public async Task A_refusal_does_not_repeat_the_plain_key()
    {
        var answer = await CallAsync("key_provider", "WrapKey", WrapInput("other:key", "layer key"));
        Assert.DoesNotContain(Base64("layer key"), answer.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(Base64("layer key"), sidecar.Log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_without_its_info_file_is_an_error_inside() =>
        await AssertRefused("WrapKey", WrapInput("skr:/nonexistent/key", "x"), GrpcStatus.Internal, "failed to read key info file /nonexistent/key-info.json");

    [Theory]
    [InlineData("@@", "Annotation is not a base64 encoding")]
    [InlineData("bm8=", "Ill-formed annotation packet")]
    public async Task An_annotation_that_cannot_be_read_is_refused(string annotation, string why) =>
        await AssertRefused("UnWrapKey", UnwrapInput(annotation), GrpcStatus.InvalidArgument, why);

    [Fact]
    public async Task Says_hello()
    {
        var answer = await CallAsync("key_provider", "SayHello", ProtoMessage.Of("there"));
        Assert.Equal("Hello there", Encoding.UTF8.GetString(ProtoMessage.Field(answer.Message, 1)));
    }

    [Fact]
    public async Task A_report_binds_the_hash_of_the_text()
    {
        var answer = await CallAsync("key_provider", "GetReport", ProtoMessage.Of("abc"));
        var report = Convert.FromHexString(Encoding.UTF8.GetString(ProtoMessage.Field(answer.Message, 1)));
        Assert.Equal(1184, report.Length);
        Assert.Equal([.. SHA256.HashData("abc"u8), .. new byte[32]], report[0x50..0x90]);
    }

    [Fact]
    public async Task Attestation_data_is_the_same_as_over_HTTP()
    {
        var evidence = Recordings.Evidence();
        var answer = await CallAsync("key_provider", "GetAttestationData", ProtoMessage.Of("RVhBTVBMRQ=="));

        Assert.Equal(evidence.Tcb, Encoding.UTF8.GetString(ProtoMessage.Field(answer.Message, 1)));
        Assert.Equal(Base64(evidence.CertificatesPem), Encoding.UTF8.GetString(ProtoMessage.Field(answer.Message, 2)));
        Assert.Equal(Convert.ToBase64String(evidence.Report), Encoding.UTF8.GetString(ProtoMessage.Field(answer.Message, 3)));
        Assert.Equal(evidence.Endorsement, Encoding.UTF8.GetString(ProtoMessage.Field(answer.Message, 4)));
    }

    [Fact]
    public async Task Attestation_data_over_no_base64_is_refused()
    {
        var answer = await CallAsync("key_provider", "GetAttestationData", ProtoMessage.Of("@@"));
        Assert.Equal("9", answer.Status);
    }

    [Fact]
    public async Task Other_methods_are_unimplemented()
    {
        var answer = await CallAsync("key_provider", "Other", ProtoMessage.Of("x"));
        Assert.Equal("12", answer.Status);
    }

    [Theory]
    [InlineData("grpc.reflection.v1alpha")]
    [InlineData("grpc.reflection.v1")]
    public async Task Reflection_answers_each_message_of_a_stream(string version)
    {
        byte[] list = [.. Frame(new ProtoWriter().Text(7, "").Message)], missing = [.. Frame(new ProtoWriter().Text(3, "other.proto").Message)];
        using var response = await PostAsync($"/{version}.ServerReflection/ServerReflectionInfo", [.. list, .. missing]);
        using var body = new MemoryStream(await response.Content.ReadAsByteArrayAsync());
        Assert.Equal("0", Header(response, "grpc-status"));
        var first = await GrpcFrame.ReadNextAsync(body, TestContext.Current.CancellationToken);
        Assert.Equal(2, ProtoMessage.Fields(ProtoMessage.Field(first, 6), 1).Count);
        Assert.True(ProtoMessage.Has(await GrpcFrame.ReadNextAsync(body, TestContext.Current.CancellationToken), 7));
        Assert.Null(await GrpcFrame.ReadNextAsync(body, TestContext.Current.CancellationToken));

        using var broken = await PostAsync($"/{version}.ServerReflection/ServerReflectionInfo", [.. list, 0, 0, 0, 0, 2, 0x3a, 0xff]);
        Assert.NotEmpty(await broken.Content.ReadAsByteArrayAsync());
        Assert.Equal("13", Header(broken, "grpc-status"));
    }

    [Theory]
    [InlineData("12", 1, 0, 0, 0, 0)]
    [InlineData("8", 0, 0xFF, 0, 0, 0)]
    [InlineData("13", 0, 0, 0, 0, 9)]
    [InlineData("13", 0, 0)]
    [InlineData("13", 0, 0, 0, 0, 0, 7)]
    public async Task A_frame_that_is_not_one_message_ends_the_call(string status, params int[] frame)
    {
        using var response = await SendAsync("key_provider", "SayHello", [.. frame.Select(b => (byte)b)]);
        await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(status, Header(response, "grpc-status"));
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string WrapInput(string agent, string data) =>
        $$$$"""{"op":"keywrap","keywrapparams":{"ec":{"Parameters":{"attestation-agent":["{{{{Base64(agent)}}}}"]},"Dc":{}},"optsdata":"{{{{Base64(data)}}}}"},"keyunwrapparams":{}}""";

    private static string UnwrapInput(string annotation) =>
        $$$$"""{"op":"keyunwrap","keywrapparams":{},"keyunwrapparams":{"dc":{"Parameters":{"attestation-agent":["{{{{Base64("skr")}}}}"]}},"annotation":"{{{{annotation}}}}"}}""";

    private static string Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) || response.TrailingHeaders.TryGetValues(name, out values) ? values.Single() : string.Empty;

    private Task<(string Status, string Error, byte[] Message)> CallAsync(string package, string method, string json) =>
        CallAsync(package, method, ProtoMessage.Of(Encoding.UTF8.GetBytes(json)));

    private async Task<(string Status, string Error, byte[] Message)> CallAsync(string package, string method, byte[] message)
    {
        using var response = await SendAsync(package, method, Frame(message));
        var body = await response.Content.ReadAsByteArrayAsync();
        return (Header(response, "grpc-status"), WebUtility.UrlDecode(Header(response, "grpc-message")), body.Length > 5 ? body[5..] : []);
    }

    private static byte[] Frame(byte[] message)
    {
        var frame = new byte[5 + message.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    private Task<HttpResponseMessage> SendAsync(string package, string method, byte[] frame) => PostAsync($"/{package}.KeyProviderService/{method}", frame);

    private async Task<HttpResponseMessage> PostAsync(string path, byte[] frame)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        var response = await sidecar.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/grpc", response.Content.Headers.ContentType?.MediaType);
        return response;
    }

    private async Task AssertRefused(string method, string input, GrpcStatus status, string why)
    {
        var answer = await CallAsync("key_provider", method, input);
        Assert.Equal(((int)status).ToString(), answer.Status);
        Assert.Contains(why, answer.Error, StringComparison.Ordinal);
    }
}
