using Cove.Outcomes;

namespace Cove.Runtime.Shim.Commands;

/// <summary>What <c>containerd-shim-cove-v2</c> does. Errors go to standard error, where containerd reads them together with the answer.</summary>
internal static class ShimCommand
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        try
        {
            var parsed = ShimArguments.Parse(arguments);
            switch (parsed.Action)
            {
                case ShimArguments.Version:
                    Console.Out.WriteLine($"containerd-shim-cove-v2:\n  Version:  {typeof(ShimCommand).Assembly.GetName().Version?.ToString(3)}");
                    return 0;
                case ShimArguments.Start:
                    Console.Out.Write(await StartCommand.RunAsync(parsed, Directory.GetCurrentDirectory(), TimeProvider.System));
                    return 0;
                case ShimArguments.Delete:
                    await using (var output = Console.OpenStandardOutput())
                        output.Write(await DeleteCommand.RunAsync(parsed, ShimSettings.Load(), TimeProvider.System));
                    return 0;
                default:
                    await ServeCommand.RunAsync(parsed, ShimSettings.Load(), TimeProvider.System);
                    return 0;
            }
        }
        catch (Exception failed) when (failed is MalformedException or UnavailableException or IOException or System.Net.Sockets.SocketException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"cove: error: {failed.Message}");
            return 1;
        }
    }
}
