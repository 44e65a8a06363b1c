using Cove.Rego.Values;

namespace Cove.Policy.Enforcement;

/// <summary>
/// What a policy remembers between questions: named maps and sets (spec §2.2). Values are immutable, so a saved state is a reference, and operations
/// of one answer take effect together or not at all.
/// </summary>
internal sealed class MetadataStore
{
    private const int MaxOperations = 10_000;

    internal MetadataStore(string operatingSystem) =>
        State = RegoObject.Of(("operatingsystem", RegoObject.Of(("ostype", RegoValue.Of(operatingSystem)))));

    /// <summary>All of it, as the policy sees it at <c>data.metadata</c>. Setting it restores a saved state.</summary>
    internal RegoObject State { get; set; }

    /// <summary>Applies the operations of an answer, in order.</summary>
    /// <exception cref="EnforcementException">An operation is not well formed, or contradicts what is stored. Nothing was changed.</exception>
    internal void Apply(RegoValue operations)
    {
        if (operations is not RegoArray list) throw Wrong("metadata is not an array");
        if (list.Count > MaxOperations) throw Wrong($"{list.Count} operations, at most {MaxOperations}");
        var next = State;
        foreach (var item in list.AsSpan())
        {
            if (item is not RegoObject operation) throw Wrong("an operation is not an object");
            next = Apply(next, operation);
        }

        State = next;
    }

    private static RegoObject Apply(RegoObject state, RegoObject operation)
    {
        var name = Text(operation, "name");
        var action = Text(operation, "action");
        var value = operation["value"];
        return operation["type"] switch
        {
            null or RegoString { Value: "map" } => state.With(name, Map(state[name], name, action, Text(operation, "key"), value)),
            RegoString { Value: "set" } => state.With(name, Set(state[name], name, action, value
                ?? throw Wrong($"a value is missing for set {name}"))),
            _ => throw Wrong("unknown metadata type"),
        };
    }

    private static RegoObject Map(RegoValue? known, string name, string action, string key, RegoValue? value)
    {
        if (known is not (null or RegoObject)) throw Wrong($"{name} is a set, not a map");
        var map = known as RegoObject ?? RegoObject.Empty;
        return action switch
        {
            "add" when map[key] is not null => throw Wrong($"cannot add metadata value, key {name}[{key}] already exists"),
            "add" or "update" => map.With(key, value ?? throw Wrong($"a value is missing for {name}[{key}]")),
            "remove" => map.Without(key),
            _ => throw Wrong($"unknown action '{action}' for map {name}"),
        };
    }

    private static RegoArray Set(RegoValue? known, string name, string action, RegoValue value)
    {
        if (known is not (null or RegoArray)) throw Wrong($"{name} is a map, not a set");
        var items = (known as RegoArray ?? RegoArray.Empty).AsSpan();
        return action switch
        {
            "add" when items.Contains(value) => RegoArray.Of(items),
            "add" => RegoArray.Of([.. items, value]),
            "remove" => RegoArray.Of([.. items.ToArray().Where(item => item != value)]),
            _ => throw Wrong($"unknown action '{action}' for set {name}"),
        };
    }

    private static string Text(RegoObject operation, string member) =>
        operation[member] is RegoString text ? text.Value : throw Wrong($"'{member}' is missing or not a string");

    private static EnforcementException Wrong(string problem) => new($"error applying metadata operations: {problem}");
}
