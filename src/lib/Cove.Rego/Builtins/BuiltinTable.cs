namespace Cove.Rego.Builtins;

/// <summary>All builtins by name. A builtin is added in the file of its category, nowhere else.</summary>
internal static class BuiltinTable
{
    private static readonly Dictionary<string, BuiltinDefinition> ByName = Make();

    public static IEnumerable<BuiltinDefinition> All => ByName.Values;

    public static BuiltinDefinition? Find(string name) => ByName.GetValueOrDefault(name);

    public static bool Contains(string name) => ByName.ContainsKey(name);

    private static Dictionary<string, BuiltinDefinition> Make()
    {
        IEnumerable<BuiltinDefinition>[] categories =
        [
            OperatorBuiltins.All, NumberBuiltins.All, AggregateBuiltins.All, ArrayBuiltins.All, SetBuiltins.All, StringBuiltins.All,
            TypeBuiltins.All, ObjectBuiltins.All, InternalBuiltins.All, RegexBuiltins.All, SemverBuiltins.All,
            EncodingBuiltins.All, JsonBuiltins.All, UnitBuiltins.All, GlobBuiltins.All, CryptoBuiltins.All, GraphBuiltins.All, NetBuiltins.All, TimeBuiltins.All,
            UuidBuiltins.All, UriBuiltins.All, JwtBuiltins.All, RegexTemplates.All, YamlBuiltins.All, JsonSchemaBuiltins.All, GraphQlBuiltins.All, NetworkBuiltins.All,
            ModuleBuiltins.All, X509Builtins.All, AwsBuiltins.All, TemplateBuiltins.All,
        ];
        var table = new Dictionary<string, BuiltinDefinition>();
        foreach (var category in categories)
            foreach (var builtin in category) table.Add(builtin.Name, builtin);
        return table;
    }
}
