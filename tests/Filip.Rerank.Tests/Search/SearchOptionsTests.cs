using Filip.Rerank.Search;

namespace Filip.Rerank.Tests.Search;

public sealed class SearchOptionsTests
{
    [Fact]
    public void Defaults_are_the_documented_ones()
    {
        var options = new SearchOptions();
        options.Validate();
        Assert.Equal(1000, options.MaxCandidates);
        Assert.Equal(200, options.DefaultCandidates);
        Assert.Equal(10, options.DefaultTop);
        Assert.Equal(512, options.MaxQueryLength);
        Assert.Equal(TimeSpan.FromMilliseconds(250), options.Deadline);
        Assert.Equal(TimeSpan.FromSeconds(5), options.StageOneTimeout);
        Assert.Equal(MissingPatches.Keep, options.MissingPatches);
        Assert.Equal(4096, options.TextCacheEntries);
        Assert.Equal(64, options.MaxStageTwoInFlight);
    }

    public static TheoryData<string, SearchOptions> OutOfRange => new()
    {
        { nameof(SearchOptions.MaxCandidates), new SearchOptions { MaxCandidates = 0 } },
        { nameof(SearchOptions.MaxCandidates), new SearchOptions { MaxCandidates = 10_001 } },
        { nameof(SearchOptions.DefaultCandidates), new SearchOptions { DefaultCandidates = 0 } },
        { nameof(SearchOptions.DefaultCandidates), new SearchOptions { DefaultCandidates = 1001 } },
        { nameof(SearchOptions.DefaultTop), new SearchOptions { DefaultTop = 0 } },
        { nameof(SearchOptions.MaxQueryLength), new SearchOptions { MaxQueryLength = 0 } },
        { nameof(SearchOptions.Deadline), new SearchOptions { Deadline = TimeSpan.Zero } },
        { nameof(SearchOptions.Deadline), new SearchOptions { Deadline = TimeSpan.FromSeconds(61) } },
        { nameof(SearchOptions.StageOneTimeout), new SearchOptions { StageOneTimeout = TimeSpan.FromSeconds(61) } },
        { nameof(SearchOptions.MissingPatches), new SearchOptions { MissingPatches = (MissingPatches)9 } },
        { nameof(SearchOptions.TextCacheEntries), new SearchOptions { TextCacheEntries = -1 } },
        { nameof(SearchOptions.MaxStageTwoInFlight), new SearchOptions { MaxStageTwoInFlight = 0 } },
        { nameof(SearchOptions.ScoringThreads), new SearchOptions { ScoringThreads = 0 } },
    };

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void A_value_out_of_range_is_refused_by_name(string option, SearchOptions options)
    {
        var refused = Assert.Throws<ArgumentOutOfRangeException>(options.Validate);
        Assert.Equal(option, refused.ParamName);
    }
}
