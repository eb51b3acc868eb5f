<?php
/**
 * Plugin Name: Waymark
 * Description: Loads Waymark's recorder on every page of the site. Put this file into wp-content/mu-plugins/.
 * Version: 0.1.0
 */

defined( 'ABSPATH' ) || exit;

// Early in the head: calls of the theme come after it.
add_action( 'wp_head', 'waymark_snippet', 1 );

function waymark_snippet() {
	// The editor's preview is no visit.
	if ( is_customize_preview() ) {
		return;
	}
	?>
<script async src="https://collect.example.com/waymark.js" data-site="SITE_KEY"></script>
	<?php
}
