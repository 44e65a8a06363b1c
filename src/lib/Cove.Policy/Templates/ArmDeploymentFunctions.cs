using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using static Cove.Policy.Templates.ArmCollectionFunctions;
using static Cove.Policy.Templates.ArmFunctions;

namespace Cove.Policy.Templates;

/// <summary>Functions about the place of deployment, resource identifiers and derived names.</summary>
internal static class ArmDeploymentFunctions
{
    private static readonly Guid TemplateNamespace = new("11fb06fb-712d-4ddd-98c7-e71bbd588830");

    internal static readonly IReadOnlyList<KeyValuePair<string, ArmFunction>> Rows =
    [
        Row("resourceGroup", 0, c => Pair(
            ("id", new ArmText(GroupId(c, c.Context.SubscriptionId, c.Context.ResourceGroup))),
            ("name", new ArmText(c.Context.ResourceGroup)),
            ("location", new ArmText(c.Context.Location)),
            ("tags", new ArmObject([])))),
        Row("subscription", 0, c => Pair(
            ("id", new ArmText($"/subscriptions/{c.Context.SubscriptionId}")),
            ("subscriptionId", new ArmText(c.Context.SubscriptionId)),
            ("tenantId", new ArmText(c.Context.TenantId)))),
        Row("tenant", 0, c => Pair(("tenantId", new ArmText(c.Context.TenantId)))),
        Row("deployment", 0, c => Pair(("name", new ArmText(c.Context.DeploymentName)))),
        Row("environment", 0, _ => Pair(("name", new ArmText("AzureCloud")))),
        Row("resourceId", 2, int.MaxValue, ResourceId),
        Row("subscriptionResourceId", 2, int.MaxValue, c => new ArmText($"/subscriptions/{c.Context.SubscriptionId}{Tail(c, 0)}")),
        Row("extensionResourceId", 3, int.MaxValue, c => new ArmText(c.Text(0).TrimEnd('/') + Tail(c, 1))),
        Row("uniqueString", 1, int.MaxValue, UniqueString),
        Row("guid", 1, int.MaxValue, c => new ArmText(NameGuid(Joined(c)).ToString())),
        Row("utcNow", 0, 1, UtcNow),
        Row("newGuid", 0, c => throw c.Fail("gives another value each time, so no policy could be made for it: set the parameter")),
    ];

    private static string GroupId(ArmCall _, string subscription, string group) => $"/subscriptions/{subscription}/resourceGroups/{group}";

    // Leading arguments without a slash are [subscription,] [resource group].
    private static ArmText ResourceId(ArmCall c)
    {
        var type = 0;
        while (type < c.Count && !c.Text(type).Contains('/', StringComparison.Ordinal)) type++;
        if (type == c.Count || type > 2) throw c.Fail("needs a resource type such as 'Microsoft.ContainerInstance/containerGroups'");
        var subscription = type == 2 ? c.Text(0) : c.Context.SubscriptionId;
        var group = type > 0 ? c.Text(type - 1) : c.Context.ResourceGroup;
        return new ArmText(GroupId(c, subscription, group) + Tail(c, type));
    }

    private static string Tail(ArmCall c, int type)
    {
        var segments = c.Text(type).TrimEnd('/').Split('/');
        var names = c.Count - type - 1;
        if (segments.Length != names + 1) throw c.Fail($"type '{c.Text(type)}' takes {segments.Length - 1} names, got {names}");
        var id = new StringBuilder($"/providers/{segments[0]}");
        for (var i = 1; i < segments.Length; i++) id.Append('/').Append(segments[i]).Append('/').Append(c.Text(type + i));
        return id.ToString();
    }

    private static string Joined(ArmCall c) => string.Join('-', c.Arguments.Select(argument => ArmTextFunctions.Plain(c, argument)));

    // Thirteen characters that depend on the arguments alone. Azure's own hash is not published, so the text differs from Azure's.
    private static ArmText UniqueString(ArmCall c)
    {
        const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
        var bits = BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(Joined(c))));
        return new ArmText(string.Create(13, bits, (text, value) =>
        {
            for (var i = 0; i < text.Length; i++)
            {
                text[i] = Alphabet[(int)(value & 31)];
                value >>= 5;
            }
        }));
    }

    // RFC 9562 version 5, which fixes SHA-1.
    private static Guid NameGuid(string name)
    {
        Span<byte> id = stackalloc byte[16];
        TemplateNamespace.TryWriteBytes(id, bigEndian: true, out _);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData([.. id, .. Encoding.UTF8.GetBytes(name)], hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }

    private static ArmText UtcNow(ArmCall c)
    {
        if (c.Context.Time is not { } time) throw c.Fail("gives another value each time, so no policy could be made for it: set the parameter");
        var format = c.Count == 1 ? c.Text(0) : "yyyyMMddTHHmmssZ";
        return new ArmText(time.GetUtcNow().ToString(format, CultureInfo.InvariantCulture));
    }
}
