using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Cove.KeyService.Access;

/// <summary>Role definitions and assignments as answers show them.</summary>
internal static class RoleBundles
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Definition(RoleDefinition definition) => Write(writer => WriteMembers(writer, definition));

    public static byte[] Assignment(RoleAssignment assignment) => Write(writer => WriteMembers(writer, assignment));

    public static byte[] Definitions(IEnumerable<RoleDefinition> definitions) => List(definitions, WriteMembers);

    public static byte[] Assignments(IEnumerable<RoleAssignment> assignments) => List(assignments, WriteMembers);

    private static byte[] List<T>(IEnumerable<T> items, Action<Utf8JsonWriter, T> members) => Write(writer =>
    {
        writer.WriteStartArray("value");
        foreach (var item in items)
        {
            writer.WriteStartObject();
            members(writer, item);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteNull("nextLink");
    });

    private static void WriteMembers(Utf8JsonWriter writer, RoleDefinition definition)
    {
        writer.WriteString("id", DefinitionId(definition.Name));
        writer.WriteString("name", definition.Name);
        writer.WriteString("type", "Microsoft.Authorization/roleDefinitions");
        writer.WriteStartObject("properties");
        writer.WriteString("roleName", definition.RoleName);
        writer.WriteString("description", definition.Description);
        writer.WriteString("type", BuiltInRoles.Find(definition.Name) is null ? "CustomRole" : "AKVBuiltInRole");
        writer.WriteStartArray("permissions");
        foreach (var permission in definition.Permissions)
        {
            writer.WriteStartObject();
            WriteStrings(writer, "actions", []);
            WriteStrings(writer, "notActions", []);
            WriteStrings(writer, "dataActions", permission.DataActions);
            WriteStrings(writer, "notDataActions", permission.NotDataActions);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        WriteStrings(writer, "assignableScopes", definition.AssignableScopes);
        writer.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter writer, RoleAssignment assignment)
    {
        var scope = assignment.Scope == RoleScope.Everything ? "" : assignment.Scope.Path;
        writer.WriteString("id", $"{scope}/providers/Microsoft.Authorization/roleAssignments/{assignment.Name}");
        writer.WriteString("name", assignment.Name);
        writer.WriteString("type", "Microsoft.Authorization/roleAssignments");
        writer.WriteStartObject("properties");
        writer.WriteString("scope", assignment.Scope.Path);
        writer.WriteString("roleDefinitionId", DefinitionId(assignment.Role));
        writer.WriteString("principalId", assignment.Principal);
        writer.WriteEndObject();
    }

    private static string DefinitionId(Guid name) => $"Microsoft.KeyVault/providers/Microsoft.Authorization/roleDefinitions/{name}";

    private static void WriteStrings(Utf8JsonWriter writer, string name, IReadOnlyList<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values) writer.WriteStringValue(value);
        writer.WriteEndArray();
    }

    private static byte[] Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
