using System.Text;
using Cove.Policy;

namespace Cove.Cli.Commands.Policy;

/// <summary>A policy as a user has it: its text, its base64, or a description of groups that it is generated from.</summary>
internal static class PolicyInput
{
    public static async Task<PolicyText> Read(Invocation call, string path, TemplateOptions options, CancellationToken cancellation)
    {
        if (path != "-" && (Directory.Exists(call.FullPath(path)) || IsDescription(path))) return await Generate(call, path, options, cancellation);
        var bytes = await call.Read(path, PolicyText.MaxBytes, cancellation);
        var start = bytes.AsSpan().TrimStart(" \t\r\n"u8);
        if (start is [(byte)'{', ..] or [(byte)'/', ..] && path != "-") return await Generate(call, path, options, cancellation);
        return start.ContainsAny(" \n"u8) && !IsBase64(bytes) ? PolicyText.FromBytes(bytes) : PolicyText.FromBase64(Encoding.ASCII.GetString(bytes).Trim());
    }

    private static bool IsDescription(string path) => Path.GetExtension(path) is ".yaml" or ".yml";

    private static async Task<PolicyText> Generate(Invocation call, string path, TemplateOptions options, CancellationToken cancellation)
    {
        var read = await options.Read(call, path, new TemplateReading(), cancellation);
        return read.Policy(read.OnlyGroup());
    }

    private static bool IsBase64(byte[] bytes) => System.Buffers.Text.Base64.IsValid(bytes);
}
