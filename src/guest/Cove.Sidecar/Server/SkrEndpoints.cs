using System.Security.Cryptography;
using Cove.Sidecar.Attest;
using Cove.Sidecar.GoText;
using Cove.Sidecar.Release;

namespace Cove.Sidecar.Server;

/// <summary>What the sidecar answers to each of its five routes. Each method takes a request's body and gives the whole reply.</summary>
internal sealed class SkrEndpoints(EvidenceCollector collector, AttestationClient attestation, KeyRelease release)
{
    private const string BadRequest = "invalid request format";
    private const string BadRuntimeData = "decoding base64-encoded runtime data of request failed";
    private const string BadPolicy = "decoding policy from Base64 format failed";

    private static readonly GoField AttestationEndpoint = new("maa_endpoint", "MAAEndpoint", Required: true);
    private static readonly GoField RuntimeData = new("runtime_data", "RuntimeData", Required: true);

    public static Reply Status() => Reply.Ok(GoJsonText.Object(("message", "Status OK")));

    public async Task<Reply> RawAsync(ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        if (ParseRuntimeData(body, "RawAttestData", out var runtimeData) is { } refused) return refused;
        if (PolicyRefusal(StatusCodes.Status403Forbidden) is { } malformed) return malformed;
        try
        {
            var report = await collector.GetReportAsync(runtimeData, cancellation);
            return Reply.Ok(GoJsonText.Object(("report", Convert.ToHexStringLower(report.Span))));
        }
        catch (SkrFailureException e)
        {
            return Reply.Failed(StatusCodes.Status403Forbidden, "failure to fetch attestation report hex", e);
        }
    }

    public async Task<Reply> CombinedAsync(ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        if (ParseRuntimeData(body, "RawAttestData", out var runtimeData) is { } refused) return refused;
        if (PolicyRefusal(StatusCodes.Status500InternalServerError) is { } malformed) return malformed;
        try
        {
            var report = await collector.GetReportAsync(runtimeData, cancellation);
            var information = collector.Information;
            return Reply.Ok(GoJsonText.Object(
                ("endorsed_tcb", information.Certificates.Tcb),
                ("endorsements", Convert.ToBase64String(information.Certificates.PemBytes())),
                ("evidence", Convert.ToBase64String(report.Span)),
                ("uvm_endorsements", information.ReferenceInfo)));
        }
        catch (SkrFailureException e)
        {
            return Reply.Failed(StatusCodes.Status500InternalServerError, "failure to fetch attestation report bytes", e);
        }
    }

    public async Task<Reply> AttestAsync(ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        string[] request;
        try
        {
            request = GoJsonObject.Read(body.Span, "MAAAttestData", AttestationEndpoint, RuntimeData);
        }
        catch (SkrFailureException e)
        {
            return Reply.Failed(StatusCodes.Status400BadRequest, BadRequest, e);
        }

        if (DecodeRuntimeData(request[1], out var runtimeData) is { } refused) return refused;
        try
        {
            return Reply.Ok(GoJsonText.Object(("token", await attestation.GetTokenAsync(request[0], runtimeData, cancellation))));
        }
        catch (SkrFailureException e)
        {
            return Reply.Failed(StatusCodes.Status403Forbidden, "attestation failed", e);
        }
    }

    public async Task<Reply> ReleaseAsync(ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        KeyReleaseRequest request;
        try
        {
            var fields = GoJsonObject.Read(
                body.Span,
                "KeyReleaseData",
                AttestationEndpoint,
                new GoField("akv_endpoint", "AKVEndpoint", Required: true),
                new GoField("kid", "KID", Required: true),
                new GoField("access_token", "AccessToken", Required: false));
            request = new KeyReleaseRequest(fields[0], fields[1], fields[2], fields[3]);
        }
        catch (SkrFailureException e)
        {
            return Reply.Failed(StatusCodes.Status400BadRequest, BadRequest, e);
        }

        byte[]? jwk = null;
        try
        {
            using var key = await release.ReleaseAsync(request, cancellation);
            jwk = key.ToJson();
            return Reply.Ok(GoJsonText.Secret("key", jwk), isSecret: true);
        }
        catch (SkrFailureException e)
        {
            return Reply.Failed(StatusCodes.Status403Forbidden, "secure key release failed", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(jwk);
        }
    }

    private Reply? PolicyRefusal(int status)
    {
        try
        {
            GoBase64.Decode(collector.Information.Policy);
            return null;
        }
        catch (SkrFailureException e)
        {
            return Reply.Failed(status, BadPolicy, e);
        }
    }

    private static Reply? ParseRuntimeData(ReadOnlyMemory<byte> body, string goType, out byte[] runtimeData)
    {
        runtimeData = [];
        try
        {
            return DecodeRuntimeData(GoJsonObject.Read(body.Span, goType, RuntimeData)[0], out runtimeData);
        }
        catch (SkrFailureException e)
        {
            return Reply.Failed(StatusCodes.Status400BadRequest, BadRequest, e);
        }
    }

    private static Reply? DecodeRuntimeData(string base64, out byte[] runtimeData)
    {
        runtimeData = [];
        try
        {
            runtimeData = GoBase64.Decode(base64);
            return null;
        }
        catch (SkrFailureException e)
        {
            return Reply.Failed(StatusCodes.Status400BadRequest, BadRuntimeData, e);
        }
    }
}
