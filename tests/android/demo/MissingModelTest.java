package com.example.photo.demo;

import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertNull;

import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.Robolectric;
import org.robolectric.RobolectricTestRunner;

/** Without its model the demo starts, and says what is wrong. */
@RunWith(RobolectricTestRunner.class)
public final class MissingModelTest {

    @Test
    public void theErrorIsShown() throws Exception {
        MainActivity activity = Robolectric.buildActivity(MainActivity.class).setup().get();
        DemoScreens.settle(activity);
        Session session = ((DemoApplication) activity.getApplication()).session();
        assertNull(session.model());
        assertNotEquals("", DemoScreens.text(activity, R.id.text_status));
    }
}
