using System.Text.Json;
using Cove.Cli.Development;

namespace Cove.Cli.Commands.Dev;

/// <summary>How the development services are shown.</summary>
internal static class DevelopmentPage
{
    public static Answer Answer(DevelopmentServices services, ServiceState state) => Output.Answer.Of(
        page =>
        {
            var table = new Table("SERVICE", "URL", "PROCESS");
            table.Row(DevelopmentServices.Attestation, Url(state.AttestationUrl), Process(state.AttestationProcess));
            table.Row(DevelopmentServices.Keys, Url(state.KeyUrl), Process(state.KeyProcess));
            table.WriteTo(page);
            page.Line($"trust {services.Folder.AuthorityFile} to talk to them");
        },
        writer =>
        {
            writer.WriteStartObject();
            Write(writer, DevelopmentServices.Attestation, state.AttestationUrl, state.AttestationProcess);
            Write(writer, DevelopmentServices.Keys, state.KeyUrl, state.KeyProcess);
            writer.WriteString("certificateAuthority", services.Folder.AuthorityFile);
            writer.WriteEndObject();
        });

    private static void Write(Utf8JsonWriter writer, string name, Uri url, int? process)
    {
        writer.WriteStartObject(name);
        writer.WriteString("url", Url(url));
        writer.WriteBoolean("running", process is not null);
        if (process is { } id) writer.WriteNumber("process", id);
        writer.WriteEndObject();
    }

    private static string Url(Uri url) => url.AbsoluteUri.TrimEnd('/');

    private static string Process(int? id) => id is { } running ? $"running ({running})" : "not running";
}
