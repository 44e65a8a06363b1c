using System.Net.Sockets;
using Cove.Runtime.Launch;
using Cove.Runtime.Shim.Messages;
using Cove.Runtime.Shim.Pods;

namespace Cove.Runtime.Shim.Commands;

/// <summary>
/// <c>delete</c>: cleans away what a shim left, without it. Also comes after an orderly end, and may come twice: then there is nothing to do.
/// A container that is not its group's first has nothing here of its own.
/// </summary>
internal static class DeleteCommand
{
    private const int Killed = 128 + 9;

    public static async Task<byte[]> RunAsync(ShimArguments arguments, ShimSettings settings, TimeProvider time)
    {
        var key = arguments.KeyOf(arguments.Id);
        var socket = Path.Combine(settings.Sockets, key);
        if (!await StartCommand.AnswersAsync(socket))
        {
            var folder = PodPaths.Folder(settings, key);
            PodRemains.End(folder);
            PodRemains.Remove(folder);
            await ControlGroup.RemoveAsync(ControlGroup.Of(folder), time);
            File.Delete(socket);
        }

        return new ProcessExit(Killed, time.GetUtcNow()).ToDeleteResponse(0);
    }
}
