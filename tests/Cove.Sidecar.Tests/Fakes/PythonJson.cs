using System.Text.Json;

namespace Cove.Sidecar.Tests.Fakes;

/// <summary>JSON with a blank after each colon and comma: the recorded tokens were written so.</summary>
internal static class PythonJson
{
    public static string Write(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "{" + string.Join(", ", element.EnumerateObject().Select(m => $"\"{m.Name}\": {Write(m.Value)}")) + "}",
        JsonValueKind.Array => "[" + string.Join(", ", element.EnumerateArray().Select(Write)) + "]",
        _ => element.GetRawText(),
    };
}
