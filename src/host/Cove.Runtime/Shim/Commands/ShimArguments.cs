using System.Security.Cryptography;
using System.Text;
using Cove.Outcomes;

namespace Cove.Runtime.Shim.Commands;

/// <summary>How containerd starts a shim (kata-and-containerd §4.2): flags with one dash, then what to do; nothing for the daemon.</summary>
internal sealed record ShimArguments(string Action, string Namespace, string Id, string Address, string Bundle, bool Debug)
{
    public const string Start = "start", Delete = "delete", Serve = "", Version = "-v";

    private const string Format = "shim arguments";
    private const int LongestId = 255;

    public static ShimArguments Parse(IReadOnlyList<string> arguments)
    {
        var parsed = new ShimArguments(Serve, "", "", "", "", false);
        for (var i = 0; i < arguments.Count; i++)
        {
            var flag = arguments[i];
            parsed = flag switch
            {
                "-debug" => parsed with { Debug = true },
                "-v" => parsed with { Action = Version },
                "-namespace" => parsed with { Namespace = Value() },
                "-id" => parsed with { Id = Value() },
                "-address" => parsed with { Address = Value() },
                "-bundle" => parsed with { Bundle = Value() },
                "-publish-binary" or "-socket" => Ignore(Value()),
                "start" or "delete" when i == arguments.Count - 1 => parsed with { Action = flag },
                _ => throw new MalformedException(Format, flag, "is not known"),
            };

            string Value() => ++i < arguments.Count ? arguments[i] : throw new MalformedException(Format, flag, "has no value");
            ShimArguments Ignore(string _) => parsed;
        }

        if (parsed.Action == Version) return parsed;
        if (parsed.Namespace.Length == 0) throw new MalformedException(Format, "-namespace", "is missing");
        Check("-namespace", parsed.Namespace);
        Check("-id", parsed.Id);
        return parsed;
    }

    /// <summary>What tells this group from every other on the host: 64 hex digits.</summary>
    public string KeyOf(string group) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Address}/{Namespace}/{group}")));

    // They become parts of paths.
    private static void Check(string flag, string value)
    {
        if (value.Length is 0 or > LongestId || value is "." or ".." || !value.All(one => char.IsAsciiLetterOrDigit(one) || one is '.' or '-' or '_'))
            throw new MalformedException(Format, flag, "is not a plain name");
    }
}
