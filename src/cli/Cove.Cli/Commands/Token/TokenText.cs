using System.Text;
using Cove.Cli.Shell;
using Cove.Formats.Jose;

namespace Cove.Cli.Commands.Token;

internal static class TokenText
{
    /// <summary>A token from a file or standard input, without the line end that editors add.</summary>
    public static async Task<string> Read(Invocation call, string path, CancellationToken cancellation) =>
        Encoding.UTF8.GetString(await call.Read(path, CompactJws.MaximumLength + 2, cancellation)).TrimEnd('\r', '\n');
}
