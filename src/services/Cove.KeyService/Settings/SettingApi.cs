using System.Buffers;
using System.Text.Json;
using Cove.Hosting.Errors;
using Cove.KeyService.Access;
using Cove.KeyService.Api;

namespace Cove.KeyService.Settings;

/// <summary>
/// The settings of a managed HSM: the one that Azure has. Keys are never managed through a resource manager here, so it changes nothing; clients that
/// configure a module read and write it. None of Azure's data actions is about settings: who may read role definitions reads them, who may write those writes.
/// </summary>
internal sealed class SettingApi(SettingStore store)
{
    private const string OnlyName = "AllowKeyManagementOperationsThroughARM";
    private const string Default = "false";
    private const int MaximumBody = 4096;

    /// <summary>False where the request is not about settings.</summary>
    public bool TryHandle(KeyCall call, string[] segments, out Task answer)
    {
        switch (call.Context.Request.Method, segments)
        {
            case ("GET", ["settings"]): answer = ListAsync(call); return true;
            case ("GET", ["settings", var name]): answer = GetAsync(call, name); return true;
            case ("PATCH", ["settings", var name]): answer = SetAsync(call, name); return true;
            default: answer = Task.CompletedTask; return false;
        }
    }

    private Task ListAsync(KeyCall call)
    {
        call.Require(DataAction.ReadDefinition, RoleScope.Everything);
        return call.AnswerAsync(Write(writer =>
        {
            writer.WriteStartArray("settings");
            writer.WriteStartObject();
            WriteSetting(writer, Current());
            writer.WriteEndObject();
            writer.WriteEndArray();
        }));
    }

    private Task GetAsync(KeyCall call, string name)
    {
        call.Require(DataAction.ReadDefinition, RoleScope.Everything);
        Known(name);
        return call.AnswerAsync(Write(writer => WriteSetting(writer, Current())));
    }

    private async Task SetAsync(KeyCall call, string name)
    {
        call.Require(DataAction.WriteDefinition, RoleScope.Everything);
        Known(name);
        using var body = RequestJson.Parse(await call.ReadAsync(MaximumBody), MaximumBody);
        var value = new RequestJson(body.RootElement).RequiredText("value").ToLowerInvariant();
        if (value is not ("true" or "false")) throw KeyErrors.BadParameter($"{OnlyName} is true or false.");
        await store.SetAsync(OnlyName, value, new("setting", $"{OnlyName} {value}", call.Caller.Subject, call.RequestId, []), call.Aborted);
        await call.AnswerAsync(Write(writer => WriteSetting(writer, value)));
    }

    private string Current() => store.Find(OnlyName) ?? Default;

    private static void Known(string name)
    {
        if (!name.Equals(OnlyName, StringComparison.OrdinalIgnoreCase)) throw new ServiceException(404, "SettingNotFound", $"There is no setting {name}.");
    }

    private static void WriteSetting(Utf8JsonWriter writer, string value)
    {
        writer.WriteString("name", OnlyName);
        writer.WriteString("value", value);
        writer.WriteString("type", "boolean");
    }

    private static byte[] Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
