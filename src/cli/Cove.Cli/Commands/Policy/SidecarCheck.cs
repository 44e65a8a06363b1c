using Cove.Policy.Generation;

namespace Cove.Cli.Commands.Policy;

/// <summary>
/// Whether sidecars would pass: the containers of a description hold what their images yield alone, so that the platform's generated policy
/// covers them (spec §6.8).
/// </summary>
internal static class SidecarCheck
{
    private const int ConfcomMismatch = 2;

    public static Answer Run(ReadTemplate read, bool azure)
    {
        var failed = read.File.Groups.SelectMany(group => read.Describe(group).Containers).Where(container => container.Id is not null)
            .Where(container =>
            {
                var alone = PolicyGenerator.Describe(
                    new() { Name = "sidecar", Type = "image", Containers = [new() { Name = container.Name ?? container.Id!, Image = container.Id! }] }, name => read.Facts[name], read.Options);
                return ConfcomDiff.Compare(alone with { Containers = [alone.Containers[0]] }, alone with { Containers = [container] }) is not null;
            })
            .Select(container => container.Name ?? container.Id!).ToList();
        var text = failed.Count == 0 ? "Sidecar containers will pass with its generated policy" : $"Sidecar containers will not pass with its generated policy: {string.Join(", ", failed)}";
        return Answer.Of(
            page => page.Line(text),
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteBoolean("pass", failed.Count == 0);
                writer.WriteStartArray("failed");
                foreach (var name in failed) writer.WriteStringValue(name);
                writer.WriteEndArray();
                writer.WriteEndObject();
            },
            failed.Count == 0 ? 0 : azure ? ConfcomMismatch : (int)ExitCode.Rejected);
    }
}
