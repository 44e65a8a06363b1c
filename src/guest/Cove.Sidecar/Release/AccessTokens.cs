using System.Text.Json;
using Cove.Sidecar.GoText;
using Cove.Sidecar.Http;

namespace Cove.Sidecar.Release;

/// <summary>
/// Access tokens for a vault, by the identity this container has: a federated workload identity where the environment gives all of it,
/// else the managed identity of the machine.
/// </summary>
internal sealed class AccessTokens(Outbound outbound, Func<string, string?> environment, string identityClientId, TimeProvider time)
{
    private const int AnswerLimit = 64 * 1024;
    private const string PublicAuthority = "https://login.microsoftonline.com/";
    private static readonly TimeSpan WorkloadPatience = TimeSpan.FromSeconds(7);

    /// <summary>A token for this audience.</summary>
    /// <exception cref="SkrFailureException">The identity service gave none.</exception>
    public async Task<string> GetAsync(string audience, CancellationToken cancellation)
    {
        var workload = WorkloadIdentity();
        try
        {
            return workload is { } identity
                ? await FromWorkloadIdentityAsync(identity, audience, cancellation)
                : await FromManagedIdentityAsync(audience, cancellation);
        }
        catch (SkrFailureException e)
        {
            throw new SkrFailureException(
                workload is null ? "retrieving authentication token failed" : "retrieving authentication token using workload identity failed", e);
        }
    }

    private (string Client, string Tenant, string TokenFile)? WorkloadIdentity() =>
        environment("AZURE_CLIENT_ID") is { Length: > 0 } client
        && environment("AZURE_TENANT_ID") is { Length: > 0 } tenant
        && environment("AZURE_FEDERATED_TOKEN_FILE") is { Length: > 0 } file
            ? (client, tenant, file)
            : null;

    private async Task<string> FromWorkloadIdentityAsync(
        (string Client, string Tenant, string TokenFile) identity, string audience, CancellationToken cancellation)
    {
        var authority = environment("AZURE_AUTHORITY_HOST") is { Length: > 0 } host ? host : PublicAuthority;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(WorkloadPatience);
        try
        {
            var request = new HttpRequestMessage(HttpMethod.Post, TokenAddress(authority, identity.Tenant))
            {
                Content = new FormUrlEncodedContent(
                [
                    new("client_id", identity.Client),
                    new("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                    new("client_assertion", await File.ReadAllTextAsync(identity.TokenFile, deadline.Token)),
                    new("grant_type", "client_credentials"),
                    new("scope", $"{audience}/.default"),
                ]),
            };
            return Token((await outbound.SendAsync(request, AnswerLimit, deadline.Token)).Successful());
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new SkrFailureException($"failed to acquire access token: no answer within {WorkloadPatience.TotalSeconds} s", e);
        }
        catch (Exception e) when (e is SkrFailureException or IOException or UnauthorizedAccessException)
        {
            throw new SkrFailureException("failed to acquire access token", e);
        }
    }

    private static Uri TokenAddress(string authority, string tenant) =>
        Uri.TryCreate($"{authority.TrimEnd('/')}/{Uri.EscapeDataString(tenant)}/oauth2/v2.0/token", UriKind.Absolute, out var address)
        && address.Scheme == Uri.UriSchemeHttps
            ? address
            : throw new SkrFailureException($"the authority {authority} is not an https address");

    private async Task<string> FromManagedIdentityAsync(string audience, CancellationToken cancellation)
    {
        var address = "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=" + Uri.EscapeDataString(audience);
        if (identityClientId.Length > 0) address += "&client_id=" + Uri.EscapeDataString(identityClientId);
        try
        {
            return Token(await Retry.GetAsync(outbound, () => Request(address), AnswerLimit, Retry.TokenPauses, time, cancellation));
        }
        catch (SkrFailureException e)
        {
            throw new SkrFailureException($"http get authentication token failed for {audience}", e);
        }
    }

    private static HttpRequestMessage Request(string address)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, UriKind.Absolute));
        request.Headers.Add("Metadata", "true");
        return request;
    }

    private static string Token(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.Text("access_token") is { Length: > 0 } token
                ? token
                : throw new SkrFailureException("the answer holds no access token");
        }
        catch (JsonException e)
        {
            throw new SkrFailureException("unmarshalling authentication token response failed", e);
        }
    }
}
