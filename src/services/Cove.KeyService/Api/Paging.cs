using System.Globalization;
using System.Text;
using Cove.Formats.Jose;

namespace Cove.KeyService.Api;

/// <summary>Where a page starts and how long it is; one more entry is asked for than shown, to know whether another page follows.</summary>
internal readonly record struct Paging(string After, int Most)
{
    private const int Longest = 25;

    public static Paging Of(KeyCall call)
    {
        var most = Longest;
        if (call.Query("maxresults") is { } text
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out most) || most is < 1 or > Longest))
            throw KeyErrors.BadParameter($"maxresults is {text}, expected 1 to {Longest}.");
        if (call.Query("$skiptoken") is not { } token) return new("", most);
        return Base64Url.TryDecode(token, out var after) ? new(Encoding.UTF8.GetString(after), most)
            : throw KeyErrors.BadParameter("$skiptoken is not one of ours.");
    }

    /// <summary>The link to the page after this one, or null.</summary>
    /// <param name="call">The request.</param>
    /// <param name="address">The list's address, without query.</param>
    /// <param name="found">What was found, one more than shown where there is more.</param>
    /// <param name="mark">What the next page starts after.</param>
    public string? Next<T>(KeyCall call, string address, IReadOnlyList<T> found, Func<T, string> mark) => found.Count <= Most ? null
        : $"{address}?api-version={call.ApiVersion}&$skiptoken={Base64Url.Encode(Encoding.UTF8.GetBytes(mark(found[Most - 1])))}&maxresults={Most}";
}
