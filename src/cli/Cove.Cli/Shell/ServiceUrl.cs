namespace Cove.Cli.Shell;

/// <summary>The URL of a service, as a user writes it.</summary>
internal static class ServiceUrl
{
    /// <summary>An https URL without path, query or user. Anything else would send secrets in the clear, or elsewhere.</summary>
    /// <exception cref="CommandFailedException">It is another text.</exception>
    public static Uri Parse(string text, string option) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url is { Scheme: "https", AbsolutePath: "/", Query: "", Fragment: "", UserInfo: "" }
            ? url
            : throw CommandFailedException.Usage("url-invalid", $"is not an https URL of a service, {option} {text}", $"for example {option} https://localhost:7442");
}
