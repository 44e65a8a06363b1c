using Cove.Cli.Development;

namespace Cove.Cli.Commands.Dev;

internal sealed class DownCommand : CoveCommand
{
    public DownCommand()
        : base("down", "stop the development services; keys and data stay")
    {
        Example("cove dev down", "stops both");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        List<string> stopped = [.. await new DevelopmentServices(call.Home, call.Time).DownAsync(cancellation)];
        if (await new DevelopmentBlobs(call.Home, call.Time).DownAsync(cancellation)) stopped.Add("blobs");
        return Answer.Of(
            page => page.Line(stopped.Count == 0 ? "nothing was running" : $"stopped: {string.Join(", ", stopped)}"),
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteStartArray("stopped");
                foreach (var name in stopped) writer.WriteStringValue(name);
                writer.WriteEndArray();
                writer.WriteEndObject();
            });
    }
}
